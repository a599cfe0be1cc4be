"""`nyay train`: start a run on the server of `nyay up`, follow it, and say what came of it."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound
from rich.console import Console
from rich.text import Text

from flows.client import client_of
from flows.flow_runs import FLOW, FlowRun, find_alive
from flows.following import follow
from flows.server import answers, api_address
from nyay_lib.config import PipelineConfig, load_config
from nyay_lib.data.versions import require_records
from nyay_lib.errors import ConfigError, NyayError
from nyay_lib.registry.address import is_local
from nyay_lib.reports.outcome import Outcome, outcome_json, outcome_tables
from nyay_lib.runs import RunDir, new_run_id

DEPLOYMENT = f"{FLOW}/local"
RELEASED, FAILED, HELD_BACK, LEFT = 0, 1, 3, 130
End = Literal["released", "held back", "failed", "cancelled", "left running"]
CODES: dict[End, int] = {
    "released": RELEASED,
    "held back": HELD_BACK,
    "failed": FAILED,
    "cancelled": FAILED,
    "left running": LEFT,
}
WAYS: dict[str, str] = {"l": "leave it running", "c": "cancel it", "g": "go on watching"}
console = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Started:
    """A flow run and the folder that it works in."""

    flow_run: FlowRun
    run: RunDir
    config: PipelineConfig


def run(config_file: Path | None, resume: str | None, *, as_json: bool) -> int:
    """Start or take up a run, and follow it; returns the exit code. Raises NyayError: it cannot be started."""
    api = api_address()
    if not answers(api):
        raise NyayError(f"no server at {api.removesuffix('/api')}: start it with `nyay up`, in another terminal")
    with client_of(api) as client:
        given = load_config(config_file) if config_file else None
        if given and not resume and is_local(api):
            require_records(given)  # at once, and not after a flow run has started for it
        try:
            started = take_up(client, resume, given) if resume else start(client, given, new_run_id())
        except httpx.HTTPError as error:
            raise NyayError(f"the server refused ({first_line(error)}): try again, or call `nyay doctor`") from error
        console.print(
            f"run {started.run.run_id}: {api.removesuffix('/api')}/v2/runs/flow-run/{started.flow_run.id}",
            soft_wrap=True,
        )
        state = watch(started)
    return conclude(started, state, as_json=as_json)


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def start(
    client: SyncPrefectClient, config: PipelineConfig | None, run_id: str, deployment: str = DEPLOYMENT
) -> Started:
    """A flow run with the given configuration, or with the one that the deployment has."""
    given = {"config": config.model_dump(mode="json", by_alias=True)} if config else {}
    try:
        found = client.read_deployment_by_name(deployment)
    except ObjectNotFound as error:
        raise NyayError(
            f"the server has no deployment {deployment!r}: start `nyay up` again, which makes it"
        ) from error
    parameters = {**found.parameters, **given, "run_id": run_id}
    used = PipelineConfig.model_validate(parameters["config"])
    created = client.create_flow_run_from_deployment(found.id, parameters=parameters)
    return Started(FlowRun(client, created.id), RunDir.at(used.paths.runs, run_id), used)


def take_up(client: SyncPrefectClient, run_id: str, config: PipelineConfig | None) -> Started:
    """The run of that name: followed where it is at work, else started again with its own configuration.

    Raises ConfigError when there is none.
    """
    runs = (config or PipelineConfig()).paths.runs
    run = RunDir.at(runs, run_id)
    if alive := find_alive(client, run_id):
        used = PipelineConfig.model_validate(client.read_flow_run(alive.id).parameters["config"])
        return Started(alive, RunDir.at(used.paths.runs, run_id), used)
    if not run.config.exists():
        raise ConfigError(f"there is no run {run_id!r} in {runs}: look there for its name, or leave --resume out")
    own = run.read_config()
    return start(client, config or own, run_id)


# --- following ------------------------------------------------------------------------------------------------------


def watch(started: Started) -> State[Any] | None:
    """Follow until the end, or until Ctrl-C and the wish to leave it running: then None."""
    while True:
        try:
            return follow(console, started.flow_run, started.run, started.config)
        except KeyboardInterrupt:
            wish = ask_what()
        if wish == "l":
            return None
        if wish == "c":
            started.flow_run.cancel()


def ask_what() -> str:
    """What Ctrl-C is to do: a letter of WAYS. Without somebody to ask, and at a second Ctrl-C, it is left running."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return "l"
    question = ", ".join(f"({letter}) {words}" for letter, words in WAYS.items())
    try:
        while (answer := console.input(f"\n{question}? ", markup=False).strip().lower()[:1]) not in WAYS:
            pass
    except (KeyboardInterrupt, EOFError):
        return "l"
    return answer


# --- the end --------------------------------------------------------------------------------------------------------


def conclude(started: Started, state: State[Any] | None, *, as_json: bool) -> int:
    """Say what came of it, and return the exit code."""
    try:
        outcome = Outcome.of(started.run) if state is not None and state.is_completed() else None
    except FileNotFoundError as error:
        raise NyayError(
            f"{error.filename}: is not there, though the run completed: call this in its project"
        ) from error
    end, words = ending(started.run, state, outcome)
    if outcome and not as_json:
        out = Console(highlight=False)
        for part in outcome_tables(outcome):
            out.print(part, soft_wrap=isinstance(part, Text))
    if as_json:
        print(json.dumps(as_object(started, end, words, outcome), ensure_ascii=False))
    elif words:
        console.print(Text(words), soft_wrap=True)
    return CODES[end]


def ending(run: RunDir, state: State[Any] | None, outcome: Outcome | None) -> tuple[End, str]:
    """How it ended, and what to do about it."""
    again = f"nyay train --resume {run.run_id}"
    if state is None:
        return "left running", f"it goes on; come back with: {again}"
    if outcome is not None:
        return ("released", "") if outcome.release.promoted else ("held back", "")
    if state.is_cancelled():
        return "cancelled", f"cancelled; what is done is kept, go on with: {again}"
    if not run.config.exists():
        return "failed", f"{reason(state)}\nnothing was made yet: mend that, and start it again as before"
    return "failed", f"{reason(state)}\nwhat is done is kept; when that is mended, go on with: {again}"


def reason(state: State[Any]) -> str:
    """Why a run failed, as its error said it."""
    words = (state.message or f"it ended as {state.name}").removeprefix("Flow run encountered an exception: ")
    name, separator, message = words.partition(": ")
    return message if separator and name.isidentifier() else words


def as_object(started: Started, end: End, words: str, outcome: Outcome | None) -> dict[str, Any]:
    """All of it as one JSON object."""
    told = {
        "run_id": started.run.run_id,
        "flow_run_id": str(started.flow_run.id),
        "folder": str(started.run.root),
        "end": end,
        "reason": words,
    }
    return told | (outcome_json(outcome) if outcome else {})
