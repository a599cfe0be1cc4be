"""What follows from a review: the verdict anew on what the run measured, and the release if it passes."""

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.data.languages import languages_of
from nyay_lib.errors import EvaluationError
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.judging import Candidate, judge
from nyay_lib.evaluation.report import Report
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_card import write_card
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.jobs import Event
from nyay_lib.prompt import chat_format
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rival import rival
from nyay_lib.reports.model_card import Facts, model_card, notice
from nyay_lib.results import Result
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter

T = TypeVar("T", bound=Result)


def read_candidate(run: RunDir) -> Candidate:
    """The model of a finished run with all that is known of it. Raises EvaluationError if a step is missing."""
    return Candidate(
        config=_config(run),
        run=run,
        base=_result(Base, run, "download-base"),
        data=_result(Dataset, run, "convert"),
        adapter=_result(Adapter, run, "train"),
        evaluation=_result(Evaluation, run, "evaluate"),
        gguf=_result(Gguf, run, "quantize"),
    )


def conclude(run: RunDir) -> Generator[Event, None, Release]:
    """Judge a run anew and release it if its verdict passes, against what serves now; what was measured is kept.

    Raises EvaluationError as read_candidate does, RegistryError as release does.
    """
    candidate = read_candidate(run)
    config, base = candidate.config, candidate.base
    verdict = yield from judge(candidate, rival(config, run))
    _write_card(candidate, verdict)
    chat = chat_format(vocabulary(base.folder))
    return release(config, run, candidate.gguf, verdict, chat, base.licence, lambda done, total: None)


def read_merged(run: RunDir) -> MergedModel:
    """The merged model of a finished run. Raises EvaluationError if the step is missing."""
    return _result(MergedModel, run, "fuse")


def _write_card(candidate: Candidate, verdict: Verdict) -> None:
    """The model card tells the verdict, so it is written anew."""
    run, data = candidate.run, candidate.data
    facts = Facts(
        candidate.config,
        run.run_id,
        languages_of(data.train_file),
        candidate.base,
        data,
        candidate.adapter,
        read_merged(run),
        candidate.gguf,
        verdict,
        Report.model_validate_json(run.report.read_bytes()),
    )
    write_card(run, model_card(facts), notice(facts))


def _config(run: RunDir) -> PipelineConfig:
    _bytes(run, run.config)
    return run.read_config()


def _result(kind: type[T], run: RunDir, step: str) -> T:
    return kind.model_validate_json(_bytes(run, run.result(step)))


def _bytes(run: RunDir, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise EvaluationError(
            f"{path}: is not there, so run {run.run_id!r} is not finished; run it to its end first"
        ) from error
