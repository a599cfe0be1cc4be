"""The page that ends a run, however it ends."""

from prefect import task
from prefect.runtime import flow_run

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.cache_retention import tidy_cache
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.disk_use import size_of, use_of
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.files import write_text
from nyay_lib.planning.plan import find_plan
from nyay_lib.registry.release import Release
from nyay_lib.reports.room import Room
from nyay_lib.reports.stages import STEPS, Stage
from nyay_lib.reports.summary import became, summary_page
from nyay_lib.results import Result
from nyay_lib.retention import tidy
from nyay_lib.runs import RunDir
from nyay_lib.storage import in_words
from nyay_lib.training import Adapter
from tasks.artifacts import publish
from tasks.stages import pages_by_step


@task(name="run-summary", task_run_name="run-summary: run {run.run_id}")
@in_words
def summarise(
    config: PipelineConfig,
    run: RunDir,
    base: BaseModel,
    data: Dataset,
    adapter: Adapter,
    evaluation: Evaluation,
    merged: MergedModel,
    gguf: Gguf,
    release: Release,
) -> None:
    """Make room, publish the summary, and write the manifest: its presence means that the run is complete."""
    verdict = Verdict.model_validate_json(run.verdict.read_bytes())
    results = (base, data, adapter, evaluation, merged, gguf, release)
    use = use_of(config, run)
    room = Room(find_plan(run), use, [*tidy(config, run), *tidy_cache(config, run)], size_of(run.root))
    publish("run-summary", summary_page(finished(results), data, adapter, evaluation, gguf, verdict, release, room))
    write_text(run.manifest, release.model_dump_json(indent=2) + "\n")


def finished(results: tuple[Result, ...]) -> list[Stage]:
    """The steps of a run that came to its end; the preflight leaves no result."""
    pages = pages_by_step(flow_run.get_id())
    made = zip(STEPS[1:], results, strict=True)
    first = Stage(STEPS[0], "done", None, pages[STEPS[0]])
    return [first, *(Stage(name, became(result), result.seconds, pages[name]) for name, result in made)]
