"""A bench of short judgments, and models made of the answers and losses that a test wants."""

from collections.abc import Callable, Mapping
from pathlib import Path

from nyay_lib.config import GateConfig
from nyay_lib.data.records import Record
from nyay_lib.evaluation.against_production import production_rows
from nyay_lib.evaluation.answers import Answer
from nyay_lib.evaluation.bench import Bench, Contender, contender, decidable_tasks
from nyay_lib.evaluation.losses import RowLoss
from nyay_lib.evaluation.measures import read_questions
from nyay_lib.evaluation.report import ControlFigures, MeasuredFile, Report, Who, slices_of
from nyay_lib.evaluation.verdict import Row, Verdict

TASKS = ("outcome_analysis", "summarization")
RIGHT = "The accused was tried under Section 302 IPC. The appeal is dismissed."
WRONG = "The accused was tried under Section 302 IPC. The appeal is allowed."
INVENTED = "The accused was tried under Section 420 IPC. The appeal is dismissed."
SILENT = "The appeal is dismissed."

# What a model says to, and loses on, each row: by the number of the judgment and the task.
Says = Callable[[int, str], str]
Loses = Callable[[int, str], float]


def make_bench(judgments: int = 60) -> Bench:
    """Two questions of each judgment, one a task."""
    records = tuple(_record(number, task) for number in range(judgments) for task in TASKS)
    return Bench(
        records=records,
        rows=tuple(range(len(records))),
        questions=read_questions(records),
        asked=(),
        decidable=decidable_tasks(records),
        validation=Path("val.jsonl"),
        seed=0,
    )


def _record(number: int, task: str) -> Record:
    source = f"Matter {number}. He was tried under Section 302 of the Indian Penal Code.\n\nThe appeal is dismissed."
    cnr = f"HCBM03{number + 1:06}2020"
    return Record(f"val.jsonl:{number}", "Tell how it ended.", source, RIGHT, cnr, task, {"cnr": cnr})


def model(bench: Bench, says: Says = lambda number, task: RIGHT, loses: Loses = lambda number, task: 1.0) -> Contender:
    """A model that says and loses so much on every row."""
    rows = [(row // len(TASKS), record.task_type) for row, record in enumerate(bench.records)]
    return contender(bench, [answer(says(*row)) for row in rows], [RowLoss(10 * loses(*row), 10) for row in rows])


def answer(text: str) -> Answer:
    return Answer(
        key="k",
        text=text,
        ended="stop",
        tokens=8,
        prompt_tokens=20,
        first_token_seconds=0.1,
        later_tokens=8,
        later_seconds=0.2,
    )


def report_of(bench: Bench, contenders: Mapping[Who, Contender], weights: Mapping[Who, str] = {}) -> Report:
    """The report on these models; each has weights of its own unless they are given."""
    nothing = ControlFigures(
        reference={}, lead={}, lead_words=1, majority_label=None, majority=None, shuffled={}, meter_works=None
    )
    return Report(
        inputs="test",
        run_id="second",
        rows=len(bench.records),
        samples=len(bench.rows),
        judgments=len({record.cnr for record in bench.records}),
        max_tokens=50,
        seed=bench.seed,
        production_run="first" if "production" in contenders else None,
        files={who: MeasuredFile(name=who, sha256=who, weights=weights.get(who, who), bytes=1) for who in contenders},
        slices=slices_of(bench, contenders),
        controls=nothing,
        cases=(),
    )


def against(
    bench: Bench, ours: Contender, theirs: Contender, gate: GateConfig = GateConfig(), same: str = ""
) -> Verdict:
    """The rows against production alone; with ``same`` weights, if they are named."""
    contenders: dict[Who, Contender] = {"base": theirs, "production": theirs, "this model": ours}
    report = report_of(bench, contenders, {"production": same, "this model": same} if same else {})
    return Verdict(inputs="test", rows=list(production_rows(gate, report, bench, ours, theirs)))


def named(rows: list[Row]) -> list[str]:
    return [row.name for row in rows]
