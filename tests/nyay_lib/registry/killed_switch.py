"""A release or rollback that is killed between every two steps: ``python killed_switch.py WHAT FOLDER HOST ONE TWO``.

A step is a call to the operating system that changes the disk, or a request to Ollama: before it is sent, and after it
was answered. For each moment a JSON line says what served then, and what after verifying. A process of its own, since
one with threads must not fork.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.verdict import Outcome
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import LLAMA3
from nyay_lib.registry.ollama import tags
from nyay_lib.registry.release import release
from nyay_lib.registry.rollback import roll_back
from nyay_lib.registry.verification import verify
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry.made import configuration, make_run, make_verdict

CALLS = ("mkdir", "open", "fsync", "rename", "replace", "unlink", "symlink", "chmod")


class Moment:
    """Two runs in a folder of their own; the first is in production, or both were in turn."""

    def __init__(self, what: str, folder: Path, host: str, files: list[Path]) -> None:
        self.config: PipelineConfig = configuration(folder, host, folder.name)
        names = ("first", "second")
        self.runs = {run: make_run(self.config, run, file) for run, file in zip(names, files, strict=True)}
        self.put("first")
        if what == "rollback":
            self.put("second")
        self.work = self.back if what == "rollback" else partial(self.put, "second")

    def put(self, run_id: str) -> None:
        made: tuple[RunDir, Gguf] = self.runs[run_id]
        release(self.config, *made, make_verdict(Outcome.PASS), LLAMA3, "mit", lambda done, total: None)

    def back(self) -> None:
        roll_back(self.config, None, "why", lambda done, total: None)

    def serving(self) -> dict[str, Any]:
        """The runs that serve in Ollama and in the files; None is nothing at all."""
        there, name = tags(str(self.config.registry.host)), self.config.registry.name
        own = {there[tag]: run_id for run_id in self.runs if (tag := f"{name}:{run_id}-f16") in there}
        merged = self.config.paths.models / f"{name}-merged" / "config.json"
        return {
            "ollama": [own.get(there.get(f"{name}:{live}", "")) for live in ("production", "latest")],
            "files": merged.read_text() if merged.exists() else None,
            "Modelfile": (self.config.paths.models.parent / "Modelfile").read_text().split("/")[-3],
        }


def killed_at(number: int, work: Callable[[], None]) -> bool:
    """Do ``work`` in a process that is killed at its ``number``-th step; whether it came to that."""
    child = os.fork()
    if child == 0:
        count = iter(range(number))

        def step() -> None:
            if next(count, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        def counted(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            step()
            return call(*arguments, **options)

        def sent(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            step()
            answer = call(*arguments, **options)
            step()
            return answer

        for name in CALLS:
            setattr(os, name, partial(counted, getattr(os, name)))
        httpx.HTTPTransport.handle_request = lambda *given: sent(send, *given)  # type: ignore[method-assign]
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


send = httpx.HTTPTransport.handle_request


def main(what: str, folder: Path, host: str, files: list[Path]) -> None:
    for number in range(1000):
        moment = Moment(what, folder / f"{what}-{number:03}", host, files)
        if not killed_at(number, moment.work):
            return
        told: dict[str, Any] = {"then": moment.serving()}
        found = verify(moment.config)
        told |= {"after": moment.serving(), "run": found.run_id, "mended": found.mended}
        told |= {"faults": [str(fault) for fault in [*found.faults, *verify(moment.config).faults]]}
        if found.run_id == ("second" if what == "rollback" else "first"):
            moment.work()
        print(json.dumps(told | {"at last": moment.serving()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], [Path(file) for file in sys.argv[4:]])
