"""make demo: the user's own way, from `nyay up` to a model that answers, and what came of it.

Starts `nyay up` in the background, runs the deployment train-nyay/demo, prints the steps with their durations and the
figures that matter, asks the base and the tuned model one question, and leaves no process behind.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flows.server import HOME, free_port, prefect_environment
from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.data.dataset import Dataset
from nyay_lib.errors import NyayError
from nyay_lib.evaluation.compare import SAMPLES, Evaluation
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.registry.release import Release
from nyay_lib.reports.page import duration, show, size
from nyay_lib.reports.verdict import headline, verdict_rows
from nyay_lib.results import Result
from nyay_lib.runs import RunDir, new_run_id
from nyay_lib.training import Adapter

T = TypeVar("T", bound=Result)
PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 180
STOP_SECONDS = 60
# Of a line that is broken only the first half would be understood.
WIDE = "1000"
console = Console(highlight=False, width=min(110, Console().width) if sys.stdout.isatty() else 110)


def main() -> int:
    """0 when the run completed, 1 when it did not."""
    os.chdir(PROJECT)
    start = time.monotonic()
    port = free_port()
    run = RunDir.at(Path("runs"), new_run_id())
    try:
        with nyay_up(port):
            train(port, run.run_id)
            wall = time.monotonic() - start
            report(run, wall)
    except NyayError as error:
        console.print(Text(f"demo failed: {error}", style="red"), soft_wrap=True)
        return 1
    return 0


@contextmanager
def nyay_up(port: int) -> Generator[None]:
    """`nyay up` in the background, and gone afterwards."""
    HOME.mkdir(exist_ok=True)
    log = HOME / "up.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "flows.cli", "up", "--port", str(port)]
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        wait_until_up(process, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        if process.poll() is None:
            process.kill()


def wait_until_up(process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises NyayError with the command's last words if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    with console.status("nyay up: starting server, deployments and worker"):
        while time.monotonic() < deadline and process.poll() is None:
            if "nyay is up" in log.read_text(errors="replace"):
                return
            time.sleep(0.3)
    words = log.read_text(errors="replace").strip().splitlines()
    raise NyayError(words[-1] if words else f"`nyay up` did not start within {START_SECONDS} s")


def train(port: int, run_id: str) -> None:
    """Run the deployment as a user does, showing what happens. Raises NyayError when it does not complete."""
    console.print(f"[bold]nyay is up[/bold] at http://127.0.0.1:{port}: look while it trains")
    command = ["deployment", "run", "train-nyay/demo", "--param", f"run_id={run_id}", "--watch"]
    console.print(f"$ prefect {' '.join(command)}")
    watched = subprocess.Popen(
        [sys.executable, "-m", "prefect", *command],
        env=prefect_environment(port) | {"COLUMNS": WIDE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert watched.stdout is not None
    shown = set[str]()
    for line in watched.stdout:
        if (step := finished_step(line)) and step not in shown:
            shown.add(step)
            console.print(Text(f"  done: {step}"))
    if watched.wait() != 0:
        raise NyayError(f"the run did not complete; {HOME / 'worker.log'} says why, and so does the page in the UI")


def finished_step(line: str) -> str | None:
    """The task that a line of --watch tells to be completed, with its subject."""
    found = re.search(r"prefect\.task-run\.Completed\W+([a-z-]+: .*\S)", line)
    return found[1].strip("' ") if found else None


def report(run: RunDir, wall: float) -> None:
    """What came of the run, read from its folder."""
    base, data = read(BaseModel, run, "download-base"), read(Dataset, run, "convert")
    adapter, evaluation = read(Adapter, run, "train"), read(Evaluation, run, "evaluate")
    merged, gguf, release = read(MergedModel, run, "fuse"), read(Gguf, run, "quantize"), read(Release, run, "register")
    steps: dict[str, Result] = {
        "download-base": base,
        "convert": data,
        "train": adapter,
        "evaluate": evaluation,
        "fuse": merged,
        "quantize": gguf,
        "register": release,
    }
    console.print(steps_table(steps))
    console.print(figures_table(adapter, evaluation, gguf))
    console.print(verdict_table(Verdict.model_validate_json((run.verdict).read_bytes())))
    console.print(Text(release.reason, style="bold"), soft_wrap=True)
    show_sample(evaluation)
    console.print(f"run {run.run_id} took {duration(wall)}; its folder is runs/{run.run_id}")
    console.print(
        "see it in the UI again: [bold]nyay up[/bold]   ask it: [bold]nyay ask 'What is anticipatory bail?'[/bold]"
    )
    console.print("(both are in .venv/bin)")


def read(kind: type[T], run: RunDir, step: str) -> T:
    return kind.model_validate_json(run.result(step).read_bytes())


def steps_table(steps: dict[str, Result]) -> Table:
    table = Table("step", "took", title="The seven steps", title_justify="left")
    for name, step in steps.items():
        table.add_row(name, "reused" if step.reused else duration(step.seconds))
    return table


def figures_table(adapter: Adapter, evaluation: Evaluation, gguf: Gguf) -> Table:
    table = Table("figure", "base", "tuned", title="Before and after", title_justify="left")
    base, tuned = evaluation.base, evaluation.tuned
    table.add_row("training loss, first and last step", show(adapter.first_loss), show(adapter.last_loss))
    table.add_row(f"validation loss, {tuned.rows} rows", show(base.loss), show(tuned.loss))
    table.add_row("  lowered by", "", f"{evaluation.improvement:.1%}")
    table.add_row(f"ROUGE-L, {tuned.answers} answers", show(base.rouge_l), show(tuned.rouge_l))
    table.add_row("F16 and shipped file", size(gguf.f16_bytes), f"{size(gguf.bytes)} ({gguf.quantization})")
    table.add_row("shipped file, tokens a second", "", show(gguf.tokens_per_second))
    return table


def verdict_table(verdict: Verdict) -> Table:
    table = Table(
        "row", "kind", "target", "measured", "outcome", title=f"Verdict: {headline(verdict)}", title_justify="left"
    )
    for row in verdict_rows(verdict):
        table.add_row(*(str(row[key]) for key in ("row", "kind", "target", "measured", "outcome")))
    return table


def show_sample(evaluation: Evaluation) -> None:
    """One question, answered by both models: the one where the tuned answer is nearest to the reference."""
    best = SAMPLES.validate_json(evaluation.samples.read_bytes())[-1]
    console.print(Panel(Text(best.question), title=f"One question: {best.id}", title_align="left"))
    for title, text in (("Base", best.base), ("Tuned", best.tuned), ("Reference", best.reference)):
        console.print(Panel(Text(text or "(nothing)"), title=title, title_align="left"))


if __name__ == "__main__":
    sys.exit(main())
