"""A generated folder, as the tests read it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.sample.generate import generate

FILES = ("train.jsonl", "val.jsonl")


@dataclass(frozen=True)
class Made:
    """A generated folder: its lines, the truth about each, and the counts that were returned."""

    lines: dict[str, list[bytes]]
    truths: list[dict[str, Any]]
    counts: dict[str, Any]

    def line(self, about: dict[str, Any]) -> bytes:
        name, line = str(about["file"]), int(about["line"])
        return self.lines[name][line - 1]

    def row(self, about: dict[str, Any]) -> dict[str, Any]:
        return json.loads(self.line(about))

    def named(self, id: str) -> dict[str, Any]:
        name, line = id.split(":")
        return json.loads(self.lines[name][int(line) - 1])

    def of_class(self, fault: str | None) -> list[dict[str, Any]]:
        return [about for about in self.truths if about["fault"] == fault]


def make(folder: Path, **options: Any) -> Made:
    counts = generate(folder, **options)
    lines = {name: (folder / name).read_bytes().split(b"\n")[:-1] for name in FILES}
    truths = [json.loads(line) for line in (folder / "truth.jsonl").read_bytes().splitlines()]
    return Made(lines, truths, counts)
