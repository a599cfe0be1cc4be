"""On which side of the split each accepted row of a version stands, and which pairs kept rows from theirs."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from nyay_lib.config import PipelineConfig
from nyay_lib.data.gathering import Gathering, Good
from nyay_lib.data.leaks import Leaks, leaks_between
from nyay_lib.data.split import FrozenValidation, choose, divide
from nyay_lib.data.survey import Compared
from nyay_lib.errors import DataError
from nyay_lib.lines import json_line

Place = Literal["train", "validation", "held_out", "left_out"]
FILES: dict[Place, str] = {"train": "train.jsonl", "validation": "val.jsonl"}


@dataclass(frozen=True, slots=True)
class Sides:
    """The side of each accepted row, in their order.

    ``held_out`` rows are kin to validation and came from elsewhere, ``left_out`` ones are of the validation file but
    were not chosen; the certificates name the pairs. ``missing`` frozen rows are in no source any more, or forgotten.
    """

    sides: tuple[Place, ...]
    frozen: FrozenValidation
    missing: int
    held_out: Leaks
    left_out: Leaks


def leaking_places(compared: Compared) -> frozenset[int]:
    """The rows of the first origin, a validation file, that are kin to a row of another."""
    validation, training = compared.places[0], [row for rows in compared.places[1:] for row in rows]
    return frozenset(leaks_between(compared.found, training, validation).seen)


def choose_sides(
    config: PipelineConfig, gathering: Gathering, compared: Compared, frozen: FrozenValidation | None
) -> Sides:
    """Put each accepted row on its side by the frozen choice; without one, choose from all rows as a pool.

    Raises DataError for a pool that cannot be divided.
    """
    good = gathering.good
    if frozen is None:
        share, seed = config.data.validation_share, config.training.seed
        frozen = choose([row.row for row in good], share, seed)
    rows = [row for row in good if not (_is_of_validation_file(gathering, row) and row.row.digest not in frozen.rows)]
    division = divide([row.row for row in rows], frozen)
    sides: list[Place] = ["left_out"] * len(good)
    placed: dict[Place, tuple[str, ...]] = {
        "train": division.training,
        "validation": division.validation,
        "held_out": division.held_out,
    }
    for side, ids in placed.items():
        for id in ids:
            sides[int(id)] = side
    _require_both(config, sides)
    return Sides(tuple(sides), frozen, len(division.missing), *_pairs(compared, good, sides))


def _require_both(config: PipelineConfig, sides: Sequence[Place]) -> None:
    for side, key in (("train", config.data.train), ("validation", config.data.validation)):
        if side not in sides:
            counts = {name: sides.count(name) for name in sorted(set(sides))}
            raise DataError(f"{key}: leaves no usable row for {side} (rows by side: {counts}); add rows of other cases")


def _is_of_validation_file(gathering: Gathering, good: Good) -> bool:
    return gathering.origins[good.origin].role == "validation"


def _pairs(compared: Compared, good: Sequence[Good], sides: Sequence[Place]) -> tuple[Leaks, Leaks]:
    """Held-out rows with the validation rows that are kin to them, and training rows with the left-out ones."""
    places: dict[Place, list[int]] = {"train": [], "validation": [], "held_out": [], "left_out": []}
    for row, side in zip(good, sides, strict=True):
        places[side].append(row.place)
    found = compared.found
    return (
        leaks_between(found, places["held_out"], places["validation"]),
        leaks_between(found, places["train"], places["left_out"]),
    )


def write_sides(folder: Path, gathering: Gathering, compared: Compared, sides: Sides) -> None:
    """Divide accepted.jsonl into train.jsonl and val.jsonl, and write rows.jsonl and leaks.jsonl."""
    with ExitStack() as stack:

        def opened(name: str) -> IO[str]:
            return stack.enter_context((folder / name).open("w", encoding="utf-8"))

        files = {side: opened(name) for side, name in FILES.items()}
        about = opened("rows.jsonl")
        accepted = stack.enter_context((folder / "accepted.jsonl").open(encoding="utf-8"))
        for line, good, side in zip(accepted, gathering.good, sides.sides, strict=True):
            if side in files:
                files[side].write(line)
            id = compared.found.rows.id(good.place)
            about.write(json_line({"digest": good.row.digest, "cnr": good.row.cnr, "side": side, "id": id}))
        _write_leaks(folder / "leaks.jsonl", sides)


def _write_leaks(path: Path, sides: Sides) -> None:
    with path.open("w", encoding="utf-8") as file:
        for kept_out, leaks in (("validation", sides.left_out), ("training", sides.held_out)):
            for leak in leaks:
                file.write(json.dumps(leak.model_dump() | {"kept_out": kept_out}) + "\n")
