"""make demo: the user's own way, from `nyay up` to a model that answers, and what came of it.

Starts `nyay up` in the background, runs the deployment train-nyay/demo, prints the steps with their durations and the
figures that matter, asks the base and the tuned model one question, and leaves no process behind.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

# Before Prefect's library is imported, which reports to its makers otherwise.
os.environ.setdefault("DO_NOT_TRACK", "1")

from prefect.client.orchestration import SyncPrefectClient
from rich.console import Console
from rich.text import Text

from flows.following import follow
from flows.options import HOST
from flows.server import HOME, free_port
from flows.train import Started, reason, start
from nyay_lib.errors import NyayError
from nyay_lib.reports.outcome import Outcome, outcome_tables
from nyay_lib.reports.page import duration
from nyay_lib.reports.side_by_side import side_by_side
from nyay_lib.runs import RunDir, new_run_id

DEMO = "train-nyay/demo"
PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 400
STOP_SECONDS = 60
# Of a line that is broken only the first half would be understood.
console = Console(highlight=False, width=min(110, Console().width) if sys.stdout.isatty() else 110)


def main() -> int:
    """0 when the run completed, 1 when it did not, 130 when it was interrupted."""
    os.chdir(PROJECT)
    begin = time.monotonic()
    port, run_id = free_port(), new_run_id()
    try:
        with nyay_up(port):
            started = train(port, run_id)
            report(started.run, time.monotonic() - begin)
    except KeyboardInterrupt:
        console.print(
            f"stopped; what is done is kept: a run that has begun goes on with [bold]nyay up[/bold] and, in another "
            f"terminal, [bold]nyay train --resume {run_id}[/bold] (both in .venv/bin)",
            soft_wrap=True,
        )
        return 130
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


def train(port: int, run_id: str) -> Started:
    """Run the deployment as a user does, showing what happens. Raises NyayError when it does not complete."""
    url = f"http://{HOST}:{port}"
    console.print(f"[bold]nyay is up[/bold] at {url}: look while it trains")
    with SyncPrefectClient(f"{url}/api") as client:
        started = start(client, None, run_id, DEMO)
        console.print(f"run {run_id} of {DEMO}")
        state = follow(console, started.flow_run, started.run, started.config)
    if not state.is_completed():
        raise NyayError(f"{reason(state)}; {HOME / 'worker.log'} says more, and so does the page in the UI")
    return started


def report(run: RunDir, wall: float) -> None:
    """What came of the run, read from its folder."""
    outcome = Outcome.of(run)
    for part in outcome_tables(outcome):
        console.print(part, soft_wrap=isinstance(part, Text))
    for panel in side_by_side(run, outcome.data.validation_records, outcome.verdict):
        console.print(panel)
    console.print(f"run {run.run_id} took {duration(wall)}; its folder is runs/{run.run_id}")
    console.print(
        "see it in the UI again: [bold]nyay up[/bold]   ask it: [bold]nyay ask 'What is anticipatory bail?'[/bold]"
    )
    console.print("(both are in .venv/bin)")


if __name__ == "__main__":
    sys.exit(main())
