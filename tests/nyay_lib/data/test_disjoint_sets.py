"""Union and find against the plain way of joining sets."""

import random

from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.data.disjoint_sets import DisjointSets

SIZE = 30
UNIONS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)))


@given(UNIONS)
def test_sets_are_those_of_the_plain_way(unions: list[tuple[int, int]]) -> None:
    sets, plain = DisjointSets(SIZE), [{number} for number in range(SIZE)]
    for one, other in unions:
        sets.union(one, other)
        joined = plain[one] | plain[other]
        for number in joined:
            plain[number] = joined
    assert [sets.find(number) for number in range(SIZE)] == [min(members) for members in plain]
    assert [sets.size(number) for number in range(SIZE)] == [len(members) for members in plain]


@given(UNIONS, st.randoms())
def test_the_order_of_unions_does_not_matter(unions: list[tuple[int, int]], rng: random.Random) -> None:
    one, other = DisjointSets(SIZE), DisjointSets(SIZE)
    for pair in unions:
        one.union(*pair)
    rng.shuffle(unions)
    for pair in unions:
        other.union(*reversed(pair))
    assert all(one.find(number) == other.find(number) for number in range(SIZE))
