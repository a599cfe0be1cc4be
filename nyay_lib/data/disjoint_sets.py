"""Numbers joined into sets, two at a time (Tarjan 1975, "Efficiency of a good but not linear set union algorithm")."""

from array import array


class DisjointSets:
    """The numbers from 0 to ``size`` - 1, each in a set of its own at first. A set is named by its least number."""

    def __init__(self, size: int) -> None:
        self._parents = array("q", range(size))
        self._sizes = array("q", [1]) * size

    def find(self, number: int) -> int:
        """The least number of the set that holds ``number``."""
        parents = self._parents
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    def union(self, one: int, other: int) -> None:
        """Make one set of the two that hold these numbers."""
        low, high = sorted((self.find(one), self.find(other)))
        if low != high:
            self._parents[high] = low
            self._sizes[low] += self._sizes[high]

    def size(self, number: int) -> int:
        """How many numbers are in the set that holds ``number``."""
        return self._sizes[self.find(number)]
