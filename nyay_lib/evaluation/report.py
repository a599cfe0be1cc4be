"""Every figure of an evaluation: this model, its base and what is in production, what is gained, and the controls."""

from collections.abc import Mapping
from typing import Literal

from nyay_lib.evaluation.bench import Bench, Contender
from nyay_lib.evaluation.cases import Tried
from nyay_lib.evaluation.controls import Controls, measure_controls
from nyay_lib.evaluation.figures import Figure, Figures, figure, figures, of_measures, of_references
from nyay_lib.evaluation.gains import METRICS, Gain, Metric, gain
from nyay_lib.frozen import Frozen
from nyay_lib.results import Result

ALL = "all"
Gains = dict[Metric, Gain | None]
Who = Literal["base", "production", "this model"]


class MeasuredFile(Frozen):
    """A file by name, digest and size. ``weights`` is the digest of its tensors alone, whatever else the file says."""

    name: str
    sha256: str
    weights: str
    bytes: int


class Slice(Frozen):
    """The figures of a task, or of all rows, and what this model gains over the others on it."""

    figures: dict[Who, Figures]
    over_base: Gains
    over_production: Gains | None


class ControlFigures(Frozen):
    """Figures of what has understood nothing, or all: they say how far the other figures can be believed."""

    reference: Figures
    lead: Figures
    lead_words: int
    majority_label: str | None
    majority: Figure | None
    shuffled: Figures
    meter_works: bool | None


class Report(Result):
    """``slices`` has the key ``all`` and one a task. ``rows`` were scored and ``samples`` answered, of ``judgments``.

    ``production_run`` is None where nothing is in production; ``files`` has no ``production`` where its file is gone.
    """

    run_id: str
    rows: int
    samples: int
    judgments: int
    max_tokens: int
    seed: int
    production_run: str | None
    files: dict[Who, MeasuredFile]
    slices: dict[str, Slice]
    controls: ControlFigures
    cases: tuple[Tried, ...]

    @property
    def all(self) -> Slice:
        return self.slices[ALL]

    @property
    def tasks(self) -> list[str]:
        return [name for name in self.slices if name != ALL]


def slices_of(bench: Bench, contenders: Mapping[Who, Contender]) -> dict[str, Slice]:
    """The figures of all rows, then of each task."""
    return {task or ALL: _slice(bench, contenders, task) for task in (None, *bench.tasks)}


def _slice(bench: Bench, contenders: Mapping[Who, Contender], task: str | None) -> Slice:
    ours, production = contenders["this model"], contenders.get("production")
    return Slice(
        figures={who: figures(bench, model, task) for who, model in contenders.items()},
        over_base=_gains(bench, ours, contenders["base"], task),
        over_production=_gains(bench, ours, production, task) if production else None,
    )


def _gains(bench: Bench, ours: Contender, theirs: Contender, task: str | None) -> Gains:
    return {metric: gain(bench, ours, theirs, metric, task) for metric in METRICS}


def controls_of(bench: Bench) -> ControlFigures:
    """The controls on the questions of the bench."""
    found: Controls = measure_controls(bench.questions, bench.seed)
    commonest = found.majority
    return ControlFigures(
        reference=of_measures(found.reference),
        lead=of_measures(found.lead),
        lead_words=found.lead_words,
        majority_label=commonest.label if commonest else None,
        majority=figure(commonest.share, commonest.rows) if commonest else None,
        shuffled=of_references(found.shuffled) if found.shuffled else {},
        meter_works=found.meter_works,
    )
