"""`nyay serve`: the model over HTTP, on this machine alone, until Ctrl-C."""

import ipaddress
import signal
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType

from nyay_lib.config import config_of
from nyay_lib.errors import ServingError
from nyay_lib.jobs import Sampling, ServeJob, Serving, run_job
from nyay_lib.run_lock import work_on
from nyay_lib.serving.model import Made, find_model


def run(run_id: str | None, host: str, port: int, config_file: Path | None, *, to_network: bool) -> None:
    """Serve a model until Ctrl-C. Raises ServingError: there is none, the port is taken, the network was not meant."""
    require_meant(host, to_network=to_network)
    made = find_model(config_of(config_file), run_id)
    work_on(made.run.lock)  # what is served is not tidied away
    # A shell starts what runs in its background with SIGINT ignored, and SIGTERM ends a process unasked.
    for order in (signal.SIGINT, signal.SIGTERM):
        signal.signal(order, _interrupt)
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        _serve(made, job_of(made, host, port), Path(folder))


def _serve(made: Made, job: ServeJob, folder: Path) -> None:
    with closing(run_job(job, folder)) as events:
        for event in events:
            if isinstance(event, Serving):
                _tell(made, event.url)


def job_of(made: Made, host: str, port: int) -> ServeJob:
    """What the child is to serve."""
    registry = made.config.registry
    return ServeJob(
        gguf=made.gguf.path,
        tokenizer=made.tokenizer,
        name=made.name,
        context=registry.num_ctx,
        budget=made.budget.limit,
        max_tokens=made.config.evaluation.max_tokens,
        sampling=Sampling(temperature=registry.temperature, top_p=registry.top_p),
        host=host,
        port=port,
    )


def require_meant(host: str, *, to_network: bool) -> None:
    """Nobody is asked for a password, so other machines may ask only where that was said in words."""
    with suppress(ValueError):
        if ipaddress.ip_address("127.0.0.1" if host == "localhost" else host).is_loopback or to_network:
            return
        raise ServingError(f"--host {host} lets other machines ask, without a password: add --to-network if so meant")
    raise ServingError(f"--host {host!r} is no IP address: give one of this machine, such as 127.0.0.1")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _tell(made: Made, url: str) -> None:
    which = "in production" if made.is_production else "not in production"
    lines = (
        f"{made.name} of run {made.run.run_id}, {which}, answers at {url}/v1/chat/completions",
        f"try:     nyay ask --via {url} 'When is anticipatory bail refused?'",
        "stop:    Ctrl-C",
    )
    print("\n".join(lines), file=sys.stderr, flush=True)
