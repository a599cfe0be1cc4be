"""RunDir: one run, one folder, and the only place that spells its file names."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pydantic

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import ConfigError
from nyay_lib.files import clear_leftovers, write_text
from nyay_lib.run_lock import claim, work_on

# What a run may be told anew when it goes on: when it computes, what is kept of others and who is told,
# but not what it computes.
CHANGEABLE = {
    "time": {"train_between", "timezone"},
    "retention": True,
    "notify": True,
    "retraining": {"new_cases", "weekly"},
}
# Digits first: in a refusal that quotes the pattern, Prefect's command line takes [a-z] for its own markup.
RUN_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,62}")


def new_run_id() -> str:
    """UTC time and 8 hexadecimal digits: sorts by age, and two started in one second differ."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class RunDir:
    """The folder of one run below ``config.paths.runs``."""

    root: Path

    @classmethod
    def at(cls, runs: Path, run_id: str) -> "RunDir":
        """The folder of ``run_id``. Raises ConfigError for an id that is not a plain name."""
        if not RUN_ID.fullmatch(run_id):
            raise ConfigError(f"run_id {run_id!r} is not a name: use lower-case letters, digits and hyphens")
        return cls(runs.resolve() / run_id)

    def open(self, config: PipelineConfig) -> None:
        """Make the folder, or go on in it; what killed runs left half written here and in the cache is removed.

        From now on nobody tidies it, and nobody else makes it, while this process lives.

        Raises ConfigError if the folder belongs to another configuration or version, PreflightError if another process
        makes it.
        """
        claim(self.maker)
        if self.config.exists():
            first = self.read_config()
            if first.model_dump(exclude=CHANGEABLE) != config.model_dump(exclude=CHANGEABLE):
                raise ConfigError(
                    f"run_id {self.run_id!r} was started with another configuration ({_differences(first, config)}); "
                    "leave run_id empty to start a new run"
                )
        work_on(self.lock)
        for folder in (self.root, config.paths.cache):
            for inside in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
                clear_leftovers(inside)
        write_text(self.config, config.model_dump_json(indent=2, by_alias=True) + "\n")

    def read_config(self) -> PipelineConfig:
        """What the run was started with. Raises ConfigError where this version does not know it, FileNotFoundError."""
        try:
            return PipelineConfig.model_validate_json(self.config.read_bytes())
        except pydantic.ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise ConfigError(
                f"{self.config}: is of another version of this program ({place}: {error.errors()[0]['msg']}); go on "
                "with that, or start a new run"
            ) from error

    @property
    def run_id(self) -> str:
        return self.root.name

    @property
    def config(self) -> Path:
        return self.root / "config.json"

    @property
    def data_version(self) -> Path:
        """The version of the data set that the run was told to train on, if it was told one."""
        return self.root / "data-version.txt"

    @property
    def start(self) -> Path:
        """Where training began: at the base, or at the adapter of an earlier run."""
        return self.job("convert") / "start.json"

    @property
    def attempts(self) -> Path:
        return self.job("train") / "attempts.json"

    @property
    def adapter(self) -> Path:
        return self.root / "adapter"

    @property
    def checkpoints(self) -> Path:
        return self.root / "checkpoints"

    @property
    def ledger(self) -> Path:
        return self.job("train") / "ledger.json"

    @property
    def metrics(self) -> Path:
        return self.job("train") / "metrics.jsonl"

    @property
    def canaries(self) -> Path:
        return self.job("train") / "canaries.jsonl"

    @property
    def planned_data(self) -> Path:
        """The rows that a plan chose, where it could not take all."""
        return self.job("plan") / "data"

    @property
    def merged(self) -> Path:
        return self.root / "merged"

    @property
    def gguf(self) -> Path:
        return self.root / "gguf"

    @property
    def evaluation(self) -> Path:
        return self.root / "evaluation"

    @property
    def review(self) -> Path:
        """What lawyers said, for the verdict."""
        return self.evaluation / "review.json"

    @property
    def blind_sheets(self) -> Path:
        """The questions that lawyers are asked; nothing in it tells whose answer is whose."""
        return self.evaluation / "review" / "sheets.json"

    @property
    def blind_key(self) -> Path:
        """Whose answer is whose."""
        return self.evaluation / "review" / "key.json"

    @property
    def opinions(self) -> Path:
        """What lawyers said of each question so far."""
        return self.evaluation / "review" / "opinions.json"

    @property
    def verdict(self) -> Path:
        return self.evaluation / "verdict.json"

    @property
    def report(self) -> Path:
        """Every figure behind the verdict."""
        return self.evaluation / "report.json"

    @property
    def sheets(self) -> Path:
        """The answers of the shipped file, each with what it is worth, the worst first."""
        return self.evaluation / "answers.json"

    @property
    def cards(self) -> tuple[Path, Path]:
        """The model card: the run's own, and the one beside the merged weights."""
        return self.root / "README.md", self.merged / "README.md"

    @property
    def disk_use(self) -> Path:
        """What the run took on disk at its peak."""
        return self.job("preflight") / "disk.json"

    @property
    def lock(self) -> Path:
        """Shared by every process that is at work on the run."""
        return self.root / ".lock"

    @property
    def maker(self) -> Path:
        """Held by the one process that makes the run; its number stands in it."""
        return self.root / ".maker"

    @property
    def removals(self) -> Path:
        """What was removed of the run to make room."""
        return self.root / "removed.jsonl"

    @property
    def modelfile(self) -> Path:
        return self.root / "Modelfile"

    @property
    def manifest(self) -> Path:
        return self.root / "manifest.json"

    def job(self, step: str) -> Path:
        """Folder of a step: its child's job.json, events.jsonl and engine.log, and its result.json."""
        return self.root / "jobs" / step

    def result(self, step: str) -> Path:
        """The step's result; written last, so its presence means that the step is complete."""
        return self.job(step) / "result.json"


def _differences(first: PipelineConfig, second: PipelineConfig) -> str:
    """Names and values of the settings that differ, for an error message."""
    old, new = first.model_dump(), second.model_dump()
    changed = [
        f"{section}.{key} was {old[section][key]!r}, now {new[section][key]!r}"
        for section in old
        for key in old[section]
        if old[section][key] != new[section][key]
    ]
    return "; ".join(changed)
