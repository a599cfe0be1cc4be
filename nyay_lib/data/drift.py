"""How rows that came differ from those that were there: courts, years, tasks, lengths and outcomes.

The measure is the total variation distance, half the sum of the differences of all shares: the share of rows that
would have to be of another kind for both mixes to be one (Levin, Peres and Wilmer 2017, "Markov Chains and Mixing
Times", section 4.1). Few rows differ from many by chance alone, so that is told beside it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from nyay_lib.data.records import Record
from nyay_lib.frozen import Frozen
from nyay_lib.law.outcome import classify_outcome

FIELDS = ("court", "year", "task", "length", "outcome")
# Words of the input; the last range is open.
LENGTHS = (500, 1000, 2000, 3000, 4000, 6000, 10000)

Labels = tuple[str, ...]
Mix = dict[str, dict[str, int]]


class Drift(Frozen):
    """The distance of one field's mixes, from 0 to 1; ``by_chance`` is what rows of one mix would differ by.

    ``label`` is the kind whose share moved most, ``before`` and ``after`` are its shares.
    """

    field: str
    distance: float
    by_chance: float
    label: str
    before: float
    after: float

    @property
    def is_more_than_chance(self) -> bool:
        """Whether it is twice what chance gives, which seldom happens by chance."""
        return self.distance > 2 * self.by_chance


def labels(record: Record) -> Labels:
    """What a row is in each of FIELDS. The court is the CNR's, and the year that of filing; the outcome is the court's
    own word, where it says one."""
    written = record.metadata.get("disposal_nature")
    outcome = classify_outcome(written if isinstance(written, str) else record.output).label
    return record.cnr[:4], record.cnr[-4:], record.task_type, _length(record.input), outcome


def _length(text: str) -> str:
    words = len(text.split())
    low = 0
    for high in LENGTHS:
        if words < high:
            return f"{low}-{high - 1} words"
        low = high
    return f"{low} words and more"


def mix(rows: Iterable[Labels]) -> Mix:
    """Numbers of rows by kind, for each field."""
    counts: list[Counter[str]] = [Counter() for _ in FIELDS]
    for row in rows:
        for counter, label in zip(counts, row, strict=True):
            counter[label] += 1
    return {name: dict(sorted(counter.items())) for name, counter in zip(FIELDS, counts, strict=True)}


def drifts(before: Mix, after: Mix) -> tuple[Drift, ...]:
    """The drift of each field; none where one side has no rows."""
    if not all(sum(side.get(FIELDS[0], {}).values()) for side in (before, after)):
        return ()
    return tuple(drift(name, before[name], after[name]) for name in FIELDS)


def drift(field: str, before: Mapping[str, int], after: Mapping[str, int]) -> Drift:
    """Compare two mixes of at least one row each."""
    old, new = sum(before.values()), sum(after.values())
    shares = {label: (before.get(label, 0) / old, after.get(label, 0) / new) for label in {**before, **after}}
    pooled = ((before.get(label, 0) + after.get(label, 0)) / (old + new) for label in shares)
    # The mean of |p - q| for shares of one mix: that of a normal's absolute value, sd x sqrt(2 / pi).
    chance = sum(math.sqrt(2 / math.pi * p * (1 - p) * (1 / old + 1 / new)) for p in pooled) / 2
    furthest = max(shares, key=lambda label: abs(shares[label][0] - shares[label][1]))
    return Drift(
        field=field,
        distance=sum(abs(p - q) for p, q in shares.values()) / 2,
        by_chance=min(1.0, chance),
        label=furthest,
        before=shares[furthest][0],
        after=shares[furthest][1],
    )
