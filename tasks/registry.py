"""The verdict on the shipped file, its registration, and its promotion."""

from prefect import task

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.gate import judge
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import chat_format
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rival import rival
from nyay_lib.reports.evaluation import release_page
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
    """Judge the file that is shipped, register it with Ollama, and promote it if the verdict allows."""
    verdict = follow(judge(config, run, data, adapter, evaluation, gguf, rival(config, run)), "register")
    upload = ProgressBar("register-upload")
    chat = chat_format(vocabulary(base.folder))
    result = release(
        config, run, gguf, verdict, chat, base.licence, lambda done, total: upload.show(done, total, "bytes")
    )
    publish("register", release_page(result, verdict))
    return result
