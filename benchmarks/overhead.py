"""What does the orchestration cost? The flow's wall time less its child processes', with the server up.

A project of its own in a temporary folder: `nyay up`, then the deployment train-nyay/demo with config/tiny.yaml, once
as it is and once with four times the epochs, each in a cache of its own; then the same steps as bare calls of the
library in one process without Prefect. A child's time is from its job.json to its last event; all else is overhead,
also what the parent does itself: records, GGUF, digests, plots, pages, artifacts. The flow's time is from Running to
Completed; how long it took to come to Running is told beside. The machine must have nothing else to do.

python benchmarks/overhead.py
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from shutil import copy, copytree
from typing import Any

from prefect.client.orchestration import SyncPrefectClient

from flows.options import HOST
from flows.server import free_port
from nyay_lib.base_model.prepared import prepare
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig, load_config
from nyay_lib.data.dataset import convert, version_of
from nyay_lib.evaluation.compare import evaluate
from nyay_lib.evaluation.judging import Candidate, judge
from nyay_lib.export.fusing import fuse
from nyay_lib.export.measuring import Tuned
from nyay_lib.export.quantizing import quantize
from nyay_lib.jobs import finish
from nyay_lib.planning.planner import plan_run
from nyay_lib.preflight import preflight
from nyay_lib.prompt import chat_format
from nyay_lib.registry.release import release
from nyay_lib.registry.rival import rival
from nyay_lib.runs import RunDir
from nyay_lib.training import train

ROOT = Path(__file__).resolve().parents[1]
GOAL = 15.0
LONGER = 4
START_SECONDS, RUN_SECONDS, STOP_SECONDS = 300.0, 3600.0, 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--config", type=Path, default=ROOT / "config" / "tiny.yaml")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        bare(PipelineConfig.model_validate_json(given.bare.read_bytes()))
        return
    config = load_config(given.config.resolve())
    with tempfile.TemporaryDirectory(prefix="nyay-benchmark-") as name:
        folder = project(Path(name))
        os.chdir(folder)
        with nyay_up(port := free_port(preferred=0)):
            flows = [by_flow(port, f"x{times}", longer(config, times)) for times in (1, LONGER)]
        print(json.dumps(figures(given.config.name, flows, by_hand(longer(config, 1)))))


def project(folder: Path) -> Path:
    """What a user has, in a folder where nothing has run."""
    copytree(ROOT / "config", folder / "config")
    copytree(ROOT / "data" / "sample", folder / "data" / "sample")
    for path in ROOT.glob("prefect.*"):
        copy(path, folder)
    return folder


def longer(config: PipelineConfig, times: int) -> PipelineConfig:
    """So many times the epochs."""
    training = config.training.model_copy(update={"epochs": times * config.training.epochs})
    return config.model_copy(update={"training": training})


def placed(config: PipelineConfig, name: str) -> PipelineConfig:
    """With runs and a cache of its own, so that nothing is made before."""
    paths = config.paths.model_copy(update={"cache": Path(name) / "cache", "runs": Path(name) / "runs"})
    return config.model_copy(update={"paths": paths})


@contextmanager
def nyay_up(port: int) -> Generator[None]:
    """`nyay up` in the current folder, and gone afterwards."""
    with Path("up.log").open("wb") as output:
        command = [sys.executable, "-m", "flows.cli", "up", "--port", str(port)]
        process = subprocess.Popen(command, env=environment(), stdout=output, stderr=output, start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while "nyay is up" not in (said := Path("up.log").read_text()):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"`nyay up` did not start: {said}")
            time.sleep(0.2)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)


def environment() -> dict[str, str]:
    """This very project, whatever is installed; and no Ollama, whose speed is not ours."""
    return os.environ | {"PYTHONPATH": str(ROOT), "OLLAMA_HOST": "127.0.0.1:9", "PREFECT_WORKER_QUERY_SECONDS": "1"}


def by_flow(port: int, name: str, config: PipelineConfig) -> dict[str, float]:
    """Seconds of a run of the deployment, and of its children."""
    parameters = {"run_id": name, "config": placed(config, name).model_dump(mode="json", by_alias=True)}
    with SyncPrefectClient(f"http://{HOST}:{port}/api") as client:
        deployment = client.read_deployment_by_name("train-nyay/demo").id
        asked = client.create_flow_run_from_deployment(deployment, parameters=parameters)
        deadline = time.monotonic() + RUN_SECONDS
        while not ((run := client.read_flow_run(asked.id)).state and run.state.is_final()):
            if time.monotonic() > deadline:
                sys.exit(f"the run is not done after {RUN_SECONDS:.0f} s")
            time.sleep(0.2)
    if not (run.state.is_completed() and run.created and run.start_time and run.end_time):
        sys.exit(f"the run ended as {run.state.name}: {run.state.message}")
    seconds, starting = run.end_time - run.start_time, run.start_time - run.created
    return measured(name, seconds.total_seconds()) | {"starting": starting.total_seconds()}


def by_hand(config: PipelineConfig) -> dict[str, float]:
    """Seconds of the same steps without Prefect, and of their children."""
    told = Path("bare.json")
    told.write_text(placed(config, "bare").model_dump_json(by_alias=True))
    command = [sys.executable, str(ROOT / "benchmarks" / "overhead.py"), "--bare", str(told)]
    done = subprocess.run(command, env=environment(), check=True, stdout=subprocess.PIPE, text=True)
    return measured("bare", float(done.stdout.splitlines()[-1]))


def bare(config: PipelineConfig) -> None:
    """The steps of the flow one after another; prints the seconds."""
    start = time.monotonic()
    run = RunDir.at(config.paths.runs, "bare")
    preflight(config, run)
    run.open(config)
    base = finish(prepare(config.model, config.paths.cache, run.job("download-base"), unheard))
    data = convert(config, base, version_of(run))
    plan = finish(plan_run(config, run, base, data))
    adapter = train(config, run, base, data, unheard, plan)
    assert adapter is not None, "the configuration has hours of training"
    evaluation = finish(evaluate(config, run, base, data, adapter))
    merged = finish(fuse(config, run, base, adapter))
    gguf = finish(quantize(config, run, Tuned(base, adapter, merged, data)))
    candidate = Candidate(config, run, base, data, adapter, evaluation, gguf)
    verdict = finish(judge(candidate, rival(config, run)))
    release(config, run, gguf, verdict, chat_format(vocabulary(base.folder)), base.licence, unheard)
    print(time.monotonic() - start)


def unheard(*_: object) -> None:
    """Whoever would be told of progress."""


def measured(name: str, seconds: float) -> dict[str, float]:
    """Wall time, that of all children, and the rest."""
    children = sum(child_seconds(job) for job in Path(name).rglob("job.json"))
    return {"wall": seconds, "children": children, "overhead": seconds - children}


def child_seconds(job: Path) -> float:
    """How long a child lived: its job was written just before it was started, its last event just before its end."""
    events = job.with_name("events.jsonl")
    assert events.read_text().count('"type":"started"') == 1, f"{job} was run more than once"
    return events.stat().st_mtime - job.stat().st_mtime


def figures(config: str, flows: list[dict[str, float]], by_hand: dict[str, float]) -> dict[str, Any]:
    short, long = flows
    return {
        "overhead_seconds": short["overhead"],
        "goal": GOAL,
        "overhead_seconds_longer": long["overhead"],
        "growth_seconds": long["overhead"] - short["overhead"],
        "growth_per_training_second": (long["overhead"] - short["overhead"]) / (long["children"] - short["children"]),
        "bare_overhead_seconds": by_hand["overhead"],
        "seconds_over_bare": short["wall"] - by_hand["wall"],
        "flow": short,
        "flow_longer": long,
        "bare": by_hand,
        "epochs_longer": LONGER,
        "config": config,
        "load": os.getloadavg()[0],
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "prefect": version("prefect"),
    }


if __name__ == "__main__":
    main()
