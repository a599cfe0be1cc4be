"""What a plan says: a frozen record that the run keeps to, however often it is taken up again."""

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.disk import Disk
from nyay_lib.ladder import Rung
from nyay_lib.machine import Machine
from nyay_lib.planning.claims import Claim
from nyay_lib.planning.other_steps import StepTime
from nyay_lib.results import Result
from nyay_lib.runs import RunDir

# A reader's measure: what the release's data came to where its speed was seen.
REFERENCE = "7,200 rows near 2,048 tokens for 3 epochs are 43 million tokens: 46 hours at the 252 tokens/s of an M2"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RungPlan(Frozen):
    """A step of the ladder: the process's peak in bytes, seconds of all optimizer steps, real tokens a second."""

    rung: Rung
    peak_memory: float
    seconds: float
    tokens_per_second: float
    fits: bool


class Alternative(Frozen):
    """Another way to spend the time: what it sees of the data, and what it takes."""

    what: str
    rows: int
    epochs: int
    length: int
    tokens: int
    seconds: float
    coverage: float
    tokens_kept: float
    fits: bool


class Plan(Result):
    """What a run will do and take. Tokens are those that the model reads, memory and disk are in bytes.

    ``rows`` of the ``rows_available`` are trained on, each ``epochs`` times, where ``epochs_wanted`` were configured.
    ``first`` is the place on the ladder at which training begins. ``data_folder`` holds the chosen rows where they are
    not all; ``reductions`` are the warnings of it. ``calibrated`` tells a measured plan from an assumed one, which
    rests on ``assumptions``.
    """

    device: str
    machine: Machine
    calibrated: bool
    assumptions: tuple[str, ...]

    rows: int
    rows_available: int
    epochs: int
    epochs_wanted: int
    max_hours: float | None
    effective_batch: int
    steps: int
    warmup_steps: int
    tokens_per_epoch: int
    tokens: int
    padded_tokens: int
    completion_tokens: int
    tokens_lost: int

    rungs: tuple[RungPlan, ...]
    first: int
    evaluations: int
    evaluation_seconds: float
    load_seconds: float
    others: tuple[StepTime, ...]
    window: str
    nights: int | None
    ends: datetime | None

    memory_free: int
    memory_total: int
    would_fit: str
    disks: tuple[Disk, ...]
    claims: tuple[Claim, ...]
    alternatives: tuple[Alternative, ...]
    alternatives_hours: float
    warnings: tuple[str, ...]
    reductions: tuple[str, ...]
    data_folder: Path | None

    @property
    def rung(self) -> RungPlan:
        """Where training begins."""
        return self.rungs[self.first]

    @property
    def tokens_per_second(self) -> float:
        """Real tokens a second, without padding, that the optimizer steps are expected to reach."""
        return self.rung.tokens_per_second

    def calibrated_speed(self, rung: Rung) -> float | None:
        """Real tokens a second that a rung was calibrated at; None where nothing was measured."""
        found = (planned.tokens_per_second for planned in self.rungs if planned.rung == rung)
        return next(found, None) if self.calibrated else None

    @property
    def peak_memory(self) -> float:
        """The training process's expected peak."""
        return self.rung.peak_memory

    @property
    def training_seconds(self) -> float:
        """Training with its evaluations and the loading of the base."""
        return self.rung.seconds + self.evaluation_seconds + self.load_seconds

    @property
    def seconds_of_run(self) -> float:
        """Training and all that follows it."""
        return self.training_seconds + sum(step.seconds for step in self.others)

    @property
    def coverage(self) -> float:
        """Epochs over all rows that there are."""
        return self.epochs * self.rows / self.rows_available

    @property
    def fits(self) -> bool:
        """Whether memory and disk suffice and every row is seen."""
        room = all(disk.peak <= disk.free for disk in self.disks)
        return self.rung.fits and room and self.coverage >= 1

    @property
    def is_reduced(self) -> bool:
        """Whether less is trained than was configured."""
        return (self.rows, self.epochs) != (self.rows_available, self.epochs_wanted)

    def applied(self, config: PipelineConfig, data: Dataset) -> tuple[PipelineConfig, Dataset]:
        """What is trained: the planned epochs, so that the schedule ends where training does, and the chosen rows."""
        training = config.training.model_copy(update={"epochs": self.epochs})
        return config.model_copy(update={"training": training}), self._data() or data

    def _data(self) -> Dataset | None:
        folder = self.data_folder
        return Dataset.model_validate_json((folder / "dataset.json").read_bytes()) if folder else None


def find_plan(run: RunDir) -> Plan | None:
    """The plan of a run, if it has one that this program wrote."""
    try:
        return Plan.model_validate_json(run.result("plan").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
