"""The verdict on the shipped file, its registration, and its promotion."""

from prefect import task

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.judging import Candidate, judge
from nyay_lib.evaluation.report import Report
from nyay_lib.evaluation.sheets import SHEETS
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import chat_format
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rival import rival
from nyay_lib.reports.measured import measured_page
from nyay_lib.reports.sheets import sheets_page
from nyay_lib.reports.verdict import release_page
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter
from tasks.artifacts import ProgressBar, follow, publish


@task(name="register")
def register(
    config: PipelineConfig,
    run: RunDir,
    base: BaseModel,
    data: Dataset,
    adapter: Adapter,
    evaluation: Evaluation,
    gguf: Gguf,
) -> Release:
    """Measure and judge the file that is shipped, register it with Ollama, and promote it if the verdict allows."""
    candidate = Candidate(config, run, base, data, adapter, evaluation, gguf)
    verdict = follow(judge(candidate, rival(config, run)), "register")
    publish("evaluation", measured_page(Report.model_validate_json(run.report.read_bytes()), verdict))
    publish("samples", sheets_page(SHEETS.validate_json(run.sheets.read_bytes())))
    upload = ProgressBar("register-upload")
    chat = chat_format(vocabulary(base.folder))
    result = release(
        config, run, gguf, verdict, chat, base.licence, lambda done, total: upload.show(done, total, "bytes")
    )
    publish("register", release_page(result, verdict))
    return result
