"""How much of the data set no run has trained on yet: what decides whether new court data starts a run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nyay_lib.config import PipelineConfig
from nyay_lib.data.version import MANIFEST, Version, json_lines, version_folder
from nyay_lib.data.versions import build_version, has_versions
from nyay_lib.runs import RunDir


@dataclass(frozen=True, slots=True)
class Arrival:
    """The version of today, None where no file ever arrived; its cases that no run has trained on, and how many of
    them start a run."""

    version: Version | None
    new_cases: int
    wanted: int

    @property
    def is_enough(self) -> bool:
        return self.version is not None and self.new_cases >= self.wanted

    @property
    def run_id(self) -> str:
        """The run that trains on this version, so that there is only ever one."""
        return f"data-{self.version.name}" if self.version else ""


def look_for_arrivals(config: PipelineConfig) -> Arrival:
    """Take what arrived, and count what is new in the version that comes of it. Raises DataError as build_version."""
    wanted = config.retraining.new_cases
    if not has_versions(config):
        return Arrival(None, 0, wanted)
    version = build_version(config)
    return Arrival(version, len(_cases(version.rows_file) - trained_cases(config)), wanted)


def trained_before(config: PipelineConfig) -> str | None:
    """The run that trained on the data as they are today, if there is one. Raises DataError as build_version."""
    version = build_version(config)
    runs = (run.run_id for run in _trained(config) if _told(run.result("convert")).get("version") == version.digest)
    return next(runs, None)


def trained_cases(config: PipelineConfig) -> set[str]:
    """The cases in the data of all runs that have trained on this data set, whatever became of their models."""
    files = {file for run in _trained(config) if (file := _rows_of(config, run))}
    return {case for file in files for case in _cases(file)}


def _trained(config: PipelineConfig) -> Iterator[RunDir]:
    runs = config.paths.runs.resolve()
    for result in runs.glob("*/jobs/train/result.json"):
        run = RunDir(runs / result.parents[2].name)
        if _told(run.config).get("data", {}).get("versions") == str(config.data.versions):
            yield run


def _rows_of(config: PipelineConfig, run: RunDir) -> Path | None:
    """The notes on a run's rows: those of its version, else those of its data set."""
    told = _told(run.result("convert"))
    version = version_folder(config, str(told.get("version")))
    if (version / MANIFEST).exists():
        return version / "rows.jsonl"
    rows = Path(str(told.get("folder"))) / "train_rows.jsonl"
    return rows if rows.exists() else None


def _cases(rows: Path) -> set[str]:
    """The cases that are trained on; the notes of a data set have no side, as they are of one."""
    return {row["cnr"] for row in json_lines(rows) if row.get("side", "train") == "train"}


def _told(path: Path) -> dict[str, Any]:
    """What a file says, read without its model: a run of an older release may say it in another form."""
    try:
        return dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}
