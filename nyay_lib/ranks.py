"""Several ranks: processes that train together, on this machine or over ssh, started and ended as one.

MLX's ``mlx.launch`` gives a rank MLX_RANK and a file of all addresses, MLX_HOSTFILE, and so does this. It is not called
itself since it ends with 0 however its ranks ended: which one ran out of memory would be lost.
"""

import contextlib
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from nyay_lib.config import DistributedConfig
from nyay_lib.endings import why
from nyay_lib.errors import JobError, NyayError, OutOfMemory
from nyay_lib.files import write_json
from nyay_lib.jobs import AnyEvent, Done, Event, Failed, TrainJob, end, engine, environment, run_job

LOOPBACK = ("127.0.0.1", "localhost")
# A machine that vanishes is noticed after a minute; nobody is there to type a password.
SSH = ("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=15", "-o", "LogLevel=ERROR")
SSH_FAILED, SIGNAL_BASE = 255, 128
PEER_LOST = "connection to a peer was lost"  # MLX's words
# When one rank has ended badly the first may still have a word to say.
LAST_WORD_SECONDS = 3.0


def run_ranks(job: TrainJob, folder: Path) -> Generator[Event, None, Done]:
    """``run_job`` with all ranks of the configuration: the first one's events are yielded.

    The others write to ``rank-N.jsonl`` and ``rank-N.log`` in ``folder``. One that ends badly takes all down, and its
    end is what is raised. However the generator is left, no rank is left.
    """
    if job.config.distributed.ranks == 1:
        return (yield from run_job(job, folder))
    with Others(job, folder) as others:
        try:
            return (yield from run_job(job, folder, others.settings(0), others.follow))
        except NyayError as error:
            raise others.reason(error) from error


@dataclass(slots=True)
class Rank:
    """A process beside the first; its log and events hold what earlier attempts wrote up to the two starts."""

    number: int
    process: "subprocess.Popen[bytes]"
    remote: bool
    log: Path
    events: Path
    log_start: int
    events_start: int

    def ended(self) -> NyayError | None:
        """Why it ended, None while it runs or when it ended well."""
        code = self.process.poll()
        if not code:
            return None
        name = f"train, rank {self.number}"
        if self.remote and code == SSH_FAILED and self.failure() is None:
            return JobError(f"{name}: the connection by ssh was refused or broke; the log is {self.log}")
        code = SIGNAL_BASE - code if self.remote and code > SIGNAL_BASE else code
        return why(name, self.failure(), code, self.log, self.log_start)

    def failure(self) -> Failed | None:
        """Its last word, if that was a failure."""
        *_, last = [b"", *self.events.read_bytes()[self.events_start :].splitlines()]
        with contextlib.suppress(ValidationError):
            event = AnyEvent.validate_json(last)
            return event if isinstance(event, Failed) else None
        return None


class Others:
    """All ranks but the first, from their start to their end."""

    def __init__(self, job: TrainJob, folder: Path) -> None:
        self._config, self._folder = job.config.distributed, folder.resolve()
        self._hosts = hosts_of(self._config)
        self._ranks: list[Rank] = []
        self._lost = threading.Event()

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._folder / "hosts.json", [[place] for place in addresses(self._config)])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for rank in self._ranks:
            end(rank.process)

    def settings(self, number: int) -> dict[str, str]:
        """What the environment tells a rank."""
        return {"MLX_RANK": str(number), "MLX_HOSTFILE": str(self._folder / "hosts.json")}

    def follow(self, first: "subprocess.Popen[bytes]") -> None:
        """Start the other ranks; from now on ``first`` ends when one of them ends badly."""
        for number in range(1, self._config.ranks):
            self._ranks.append(self._start(number))
        for rank in self._ranks:
            threading.Thread(target=self._watch, args=(rank, first), daemon=True).start()

    def _start(self, number: int) -> Rank:
        log, events = (self._folder / f"rank-{number}.{ending}" for ending in ("log", "jsonl"))
        remote = self._hosts[number] not in LOOPBACK
        settings = None if remote else environment(self.settings(number))
        with log.open("ab") as log_file, events.open("ab") as events_file:
            starts = log_file.tell(), events_file.tell()
            process = subprocess.Popen(
                self._command(number), stdin=subprocess.PIPE, stdout=events_file, stderr=log_file, env=settings
            )
        return Rank(number, process, remote, log, events, *starts)

    def _command(self, number: int) -> list[str]:
        """The engine here; on another machine in the same folder, and until ssh closes its standard input."""
        command = engine(self._folder / "job.json")
        if self._hosts[number] in LOOPBACK:
            return command
        settings = self.settings(number) | {"NYAY_ENDS_WITH_INPUT": "1", "PYTHONUNBUFFERED": "1"}
        told = shlex.join(["env", *(f"{name}={value}" for name, value in settings.items()), *command])
        # A shell that stays says by its exit code which signal ended the engine.
        return [*SSH, self._hosts[number], f"cd {shlex.quote(str(Path.cwd()))} && {told}; exit $?"]

    def _watch(self, rank: Rank, first: "subprocess.Popen[bytes]") -> None:
        if rank.process.wait() == 0:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            first.wait(LAST_WORD_SECONDS)
        if first.poll() is None:
            self._lost.set()
            first.kill()

    def reason(self, error: NyayError) -> NyayError:
        """Why all ended: the first's ``error``, unless it only followed another rank, or that one's says more."""
        deadline = time.monotonic() + LAST_WORD_SECONDS
        for rank in self._ranks:
            with contextlib.suppress(subprocess.TimeoutExpired):
                rank.process.wait(max(0.0, deadline - time.monotonic()))
        others = [fault for rank in self._ranks if (fault := rank.ended())]
        return max([*([] if self._lost.is_set() else [error]), *others], key=_weight)


def _weight(error: NyayError) -> int:
    """How much an end explains: a message for the user most, then memory, a peer that is gone least."""
    if not isinstance(error, JobError):
        return 3
    return 2 if isinstance(error, OutOfMemory) else PEER_LOST not in str(error)


def hosts_of(config: DistributedConfig) -> tuple[str, ...]:
    """The machine of each rank."""
    return config.hosts or (LOOPBACK[0],) * config.ranks


def addresses(config: DistributedConfig) -> list[str]:
    """Where each rank listens. On one machine alone any free port will do, so that two runs get along."""
    hosts = hosts_of(config)
    if not set(hosts) <= set(LOOPBACK):
        return [f"{host}:{config.port + number}" for number, host in enumerate(hosts)]
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in hosts]
        for listener in sockets:
            listener.bind((LOOPBACK[0], 0))
        return [f"{LOOPBACK[0]}:{listener.getsockname()[1]}" for listener in sockets]
