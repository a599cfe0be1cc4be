"""The verdict on the shipped file, its registration, its promotion, and the way back."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from prefect import task
from prefect.transactions import CommitMode, Transaction, transaction

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.data.languages import languages_of
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.judging import Candidate, judge
from nyay_lib.evaluation.report import Report
from nyay_lib.evaluation.sheets import SHEETS
from nyay_lib.export.model_card import write_card
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.prompt import chat_format
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rival import rival
from nyay_lib.registry.rollback import Rollback, roll_back
from nyay_lib.reports.measured import measured_page
from nyay_lib.reports.model_card import Facts, model_card, notice
from nyay_lib.reports.releases import rollback_page
from nyay_lib.reports.sheets import sheets_page
from nyay_lib.reports.verdict import release_page
from nyay_lib.runs import RunDir
from nyay_lib.storage import in_words
from nyay_lib.training import Adapter
from tasks.artifacts import ProgressBar, publish
from tasks.following import follow
from tasks.refusal import tell_refused


@task(name="register", task_run_name="register: {gguf.path.name}, run {run.run_id}")
@in_words
def register(
    config: PipelineConfig,
    run: RunDir,
    base: BaseModel,
    data: Dataset,
    adapter: Adapter,
    evaluation: Evaluation,
    merged: MergedModel,
    gguf: Gguf,
) -> Release:
    """Measure and judge the file that is shipped, register it with Ollama, and promote it if the verdict allows."""
    candidate = Candidate(config, run, base, data, adapter, evaluation, gguf)
    verdict = follow(judge(candidate, rival(config, run)), run, "register")
    measured = Report.model_validate_json(run.report.read_bytes())
    publish("evaluation", measured_page(measured, verdict))
    publish("samples", sheets_page(SHEETS.validate_json(run.sheets.read_bytes())))
    languages = languages_of(data.train_file)
    facts = Facts(config, run.run_id, languages, base, data, adapter, merged, gguf, verdict, measured)
    write_card(run, model_card(facts), notice(facts))
    chat = chat_format(vocabulary(base.folder))
    report = upload_progress("register-upload")
    result = release(config, run, gguf, verdict, chat, base.licence, report, guard=in_transaction)
    publish("register", release_page(result, verdict))
    tell_refused(result)
    return result


@task(name="rollback", task_run_name="rollback: {reason}")
@in_words
def rollback(config: PipelineConfig, run_id: str | None, reason: str) -> Rollback:
    """Put the model before the one in production back, or that of ``run_id``."""
    done = roll_back(config, run_id, reason, upload_progress("rollback-upload"))
    publish("rollback", rollback_page(done))
    return done


@contextmanager
def in_transaction(undo: Callable[[], None]) -> Generator[None]:
    """A transaction of its own, whose rollback calls ``undo``; what went well in it stays, whatever comes after."""

    def rolled_back(_: Transaction) -> None:
        undo()

    with transaction(commit_mode=CommitMode.EAGER) as registration:
        registration.stage(None, on_rollback_hooks=[rolled_back])
        yield


def upload_progress(step: str) -> Callable[[int, int], None]:
    """Shows how much of a file was sent."""
    upload = ProgressBar(step)
    return lambda done, total: upload.show(done, total, "bytes")
