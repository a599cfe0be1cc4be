"""What a version's manifest says of its rows: counts by source, by side, what is new, and how the mix moved."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from nyay_lib.data.drift import drifts, mix
from nyay_lib.data.gathering import Gathering
from nyay_lib.data.sides import Sides
from nyay_lib.data.version import News, Part, Side, Source, Version

USED: tuple[Side, ...] = ("train", "validation")


def describe(
    gathering: Gathering, sides: Sides, parent: Version | None, known: Mapping[str, str], files: tuple[str, str]
) -> dict[str, Any]:
    """The manifest's fields that follow from the rows. ``known`` are the parent's digests with their CNRs."""
    leaks, held_out = sides.left_out.certificate(), sides.held_out.certificate()
    after = mix(good.labels for good, side in zip(gathering.good, sides.sides, strict=True) if side in USED)
    fresh = _fresh(gathering, sides, known)
    came = mix(good.labels for number, good in enumerate(gathering.good) if number in fresh)
    return {
        "sources": _sources(gathering, sides, fresh, known),
        "train": _part(gathering, sides, "train", files[0]),
        "validation": _part(gathering, sides, "validation", files[1]),
        "frozen": sides.frozen.digest,
        "frozen_missing": sides.missing,
        "leaks": leaks.pairs,
        "first_leaks": leaks.first,
        "held_out": held_out.pairs,
        "first_held_out": held_out.first,
        "new": _news(gathering, sides, fresh, parent, known),
        "mix": after,
        "drift": drifts(parent.mix, came) if parent else (),
    }


def _fresh(gathering: Gathering, sides: Sides, known: Mapping[str, str]) -> frozenset[int]:
    """Numbers of the rows that are used, and that the parent does not have."""
    rows = enumerate(zip(gathering.good, sides.sides, strict=True))
    return frozenset(number for number, (good, side) in rows if side in USED and good.row.digest not in known)


def _sources(gathering: Gathering, sides: Sides, fresh: frozenset[int], known: Mapping[str, str]) -> tuple[Source, ...]:
    placed: list[Counter[str]] = [Counter() for _ in gathering.origins]
    new_cases: list[set[str]] = [set() for _ in gathering.origins]
    again: Counter[int] = Counter()
    old = frozenset(known.values())
    for number, (good, side) in enumerate(zip(gathering.good, sides.sides, strict=True)):
        placed[good.origin][side] += 1
        placed[good.origin]["new"] += number in fresh
        again[good.origin] += side == "held_out" and good.row.digest in sides.frozen.rows
        if number in fresh and good.row.cnr not in old:
            new_cases[good.origin].add(good.row.cnr)
    return tuple(
        Source(
            name=origin.name,
            role=origin.role,
            digest=origin.digest,
            rows=count.rows,
            accepted={side: placed[number][side] for side in USED},
            seen=count.seen + again[number],
            new_rows=placed[number]["new"],
            new_cases=len(new_cases[number]),
            held_out=placed[number]["held_out"],
            left_out=placed[number]["left_out"],
            forgotten=count.forgotten,
            rejected=dict(sorted(count.rejected.items())),
            quarantined=dict(sorted(count.quarantined.items())),
            masked=dict(sorted(count.masked.items())),
        )
        for number, (origin, count) in enumerate(zip(gathering.origins, gathering.counts, strict=True))
    )


def _part(gathering: Gathering, sides: Sides, side: Side, digest: str) -> Part:
    rows = [good.row for good, stands in zip(gathering.good, sides.sides, strict=True) if stands == side]
    tasks = Counter(row.task for row in rows)
    return Part(rows=len(rows), cases=len({row.cnr for row in rows}), tasks=dict(sorted(tasks.items())), digest=digest)


def _news(
    gathering: Gathering, sides: Sides, fresh: frozenset[int], parent: Version | None, known: Mapping[str, str]
) -> News:
    """``seen`` counts over the sources that the parent did not have."""
    before = {source.digest for source in parent.sources} if parent else set[str]()
    added = [number for number, origin in enumerate(gathering.origins) if origin.digest not in before]
    used = {good.row.digest for good, side in zip(gathering.good, sides.sides, strict=True) if side in USED}
    sources = _sources(gathering, sides, fresh, known)
    return News(
        rows=len(fresh),
        cases=len({gathering.good[number].row.cnr for number in fresh} - set(known.values())),
        seen=sum(sources[number].seen for number in added),
        gone=len(known.keys() - used),
        sources=tuple(gathering.origins[number].name for number in added),
    )
