"""The verdict on the shipped file: base, production and this model on one bench, the report, and the gate."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset, budget_of
from nyay_lib.evaluation.against_production import production_rows
from nyay_lib.evaluation.answers import ModelFile, answer, ask_for
from nyay_lib.evaluation.bench import Bench, Contender, open_bench, put_on
from nyay_lib.evaluation.cases import Case, Tried, judge_case, prompts_of, read_cases
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.fidelity import fidelity_rows
from nyay_lib.evaluation.gate import base_rows, file_rows
from nyay_lib.evaluation.report import MeasuredFile, Report, Who, controls_of, slices_of
from nyay_lib.evaluation.review import Review, read_review, review_rows
from nyay_lib.evaluation.sheets import SHEETS, sheets_of
from nyay_lib.evaluation.targets import target_rows
from nyay_lib.evaluation.verdict import Row, Verdict
from nyay_lib.export.base_file import base_file
from nyay_lib.export.gguf_header import weights_digest
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import digest_file, digest_value, write_json
from nyay_lib.jobs import Event, named
from nyay_lib.results import require_file
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter

# Raised when something else is measured or asked for, so that older verdicts are not taken for new ones.
GATE = 3
MEND_PRODUCTION = (
    "it is in production: put it back from a backup, or `nyay models rollback --reason WHY`, then run again"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """All that is known of the model that is to be judged."""

    config: PipelineConfig
    run: RunDir
    base: Base
    data: Dataset
    adapter: Adapter
    evaluation: Evaluation
    gguf: Gguf


@dataclass(frozen=True, slots=True)
class Rival:
    """What is in production: its run, its file where that is still there, and the digest that was released."""

    run_id: str
    file: Path | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Measured:
    """All models on one bench, and this model's answers to the user's own cases."""

    bench: Bench
    files: dict[Who, ModelFile]
    contenders: dict[Who, Contender]
    tried: tuple[Tried, ...]


def judge(candidate: Candidate, rival: Rival | None) -> Generator[Event, None, Verdict]:
    """Measure all models, write the report and the answers, and pass the verdict; events tell how far it is.

    What was answered and scored before is not done again. Raises EvaluationError for a review, DataError for test
    cases, that cannot be read; DamagedError for a file, production's too, that is not as it was made.
    """
    config, run = candidate.config, candidate.run
    cases, review = read_cases(config.evaluation.test_cases), read_review(run, candidate.gguf.sha256)
    inputs = _inputs(candidate, rival, cases, review)
    if (found := Verdict.reuse(run.verdict, inputs)) and run.report.exists() and run.sheets.exists():
        return found
    start = time.monotonic()
    require_file(candidate.gguf.path, candidate.gguf.sha256)
    candidate.data.require_intact()
    measured = yield from _measure(candidate, rival, cases)
    report = _report(candidate, rival, measured).model_copy(update={"inputs": inputs})
    rows = list(_rows(candidate, report, measured, review))
    seconds = time.monotonic() - start
    report.model_copy(update={"seconds": seconds}).save(run.report)
    write_json(run.sheets, SHEETS.dump_python(sheets_of(measured.bench, measured.contenders), mode="json"))
    verdict = Verdict(inputs=inputs, seconds=seconds, rows=rows)
    write_json(
        result_path(config, run), {"verdict": verdict.model_dump(mode="json"), "report": report.model_dump(mode="json")}
    )
    return verdict.save(run.verdict)


def result_path(config: PipelineConfig, run: RunDir) -> Path:
    """Where a run's figures are for others to read."""
    return config.evaluation.results / f"{run.run_id}.json"


def _inputs(candidate: Candidate, rival: Rival | None, cases: tuple[Case, ...], review: Review | None) -> str:
    """Digest of all that a verdict is made from."""
    config, data = candidate.config, candidate.data
    settings = config.model_dump(mode="json", include={"gate", "review", "evaluation", "registry", "fidelity"})
    told = [[case.model_dump() for case in cases], review and review.model_dump(mode="json")]
    rows = [data.digest, digest_file(data.validation_records), config.training.seed]
    models = [candidate.evaluation.inputs, candidate.gguf.sha256, rival and [rival.run_id, rival.file, rival.sha256]]
    return digest_value([GATE, settings, told, rows, models])


def _measure(candidate: Candidate, rival: Rival | None, cases: tuple[Case, ...]) -> Generator[Event, None, Measured]:
    bench = open_bench(candidate.config, candidate.data)
    files = yield from _files(candidate, rival)
    contenders: dict[Who, Contender] = {}
    for who, file in files.items():
        folder = candidate.run.job("register") / who.replace(" ", "-")
        contenders[who] = yield from named(put_on(bench, candidate.config, file, folder), f"of {who}")
    tried = yield from _tried(candidate, files["this model"], cases)
    return Measured(bench, files, contenders, tried)


def _files(candidate: Candidate, rival: Rival | None) -> Generator[Event, None, dict[Who, ModelFile]]:
    """The files that are put on the bench, the base's made if it must be."""
    folder = candidate.run.job("register") / "base-file"
    made = base_file(candidate.config, candidate.base, candidate.gguf.quantization, folder)
    base = yield from named(made, "for the base's file")
    files: dict[Who, ModelFile] = {"base": ModelFile(base.path, base.sha256)}
    if rival and rival.file:
        # A damaged champion is beaten by anything.
        require_file(rival.file, rival.sha256, MEND_PRODUCTION)
        files["production"] = ModelFile(rival.file, rival.sha256)
    files["this model"] = ModelFile(candidate.gguf.path, candidate.gguf.sha256)
    return files


def _tried(candidate: Candidate, file: ModelFile, cases: tuple[Case, ...]) -> Generator[Event, None, tuple[Tried, ...]]:
    """The user's own cases, asked of this model."""
    if not cases:
        return ()
    config = candidate.config
    prompts = prompts_of(cases, budget_of(config, candidate.base), config.evaluation.max_tokens)
    folder = candidate.run.job("register") / "cases"
    answers = yield from answer(config, file, ask_for(prompts, config.training.seed), folder)
    return tuple(judge_case(case, told.text) for case, told in zip(cases, answers, strict=True))


def _rows(candidate: Candidate, report: Report, measured: Measured, review: Review | None) -> Iterator[Row]:
    """The whole verdict, what binds first."""
    config, contenders = candidate.config, measured.contenders
    ours, production = contenders["this model"], contenders.get("production")
    yield from base_rows(report)
    yield from production_rows(config.gate, report, measured.bench, ours, production)
    yield from fidelity_rows(config.fidelity, candidate.gguf)
    yield from file_rows(report, candidate.gguf, ours)
    yield from review_rows(config, report.run_id, review)
    yield from target_rows(config, report, candidate.adapter, review)


def _report(candidate: Candidate, rival: Rival | None, measured: Measured) -> Report:
    bench = measured.bench
    return Report(
        inputs="",
        run_id=candidate.run.run_id,
        rows=len(bench.records),
        samples=len(bench.rows),
        judgments=len({record.cnr for record in bench.questions.records}),
        max_tokens=candidate.config.evaluation.max_tokens,
        seed=bench.seed,
        production_run=rival.run_id if rival else None,
        files={who: _described(file) for who, file in measured.files.items()},
        slices=slices_of(bench, measured.contenders),
        controls=controls_of(bench),
        cases=measured.tried,
    )


def _described(file: ModelFile) -> MeasuredFile:
    weights, size = weights_digest(file.path), file.path.stat().st_size
    return MeasuredFile(name=file.path.name, sha256=file.sha256, weights=weights, bytes=size)
