"""Trouble from outside: Python loads this by itself where PYTHONPATH names its folder, before any code of the project.

An engine child that finds ``trouble.json`` beside its job.json takes the first entry off its list and comes to that
grief: ``{"step": n, "end": END}`` before the n-th update of the weights, or ``{"call": "rename", "of": PATTERN,
"end": END}`` before the first such call of ``os`` whose path matches; with ``"after": true`` behind it. Entries of null
stand for a child that is left alone. Where the environment has NIGHTS_CLOCK, that file holds the seconds that the clock
of nyay_lib.nights is ahead of the machine's. Where it has NO_NETWORK, no address outside this machine is reached, and
that file names those that somebody wanted.
"""

import ctypes
import errno
import importlib.abc
import importlib.util
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

BUFFER = "[METAL] Command buffer execution failed: "
METAL = f"{BUFFER}Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)"


class AfterImport(importlib.abc.MetaPathFinder):
    """Calls ``then`` with a module as soon as it has been imported."""

    def __init__(self, name: str, then: Callable[[Any], None]) -> None:
        self.name, self.then = name, then
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec: Any = importlib.util.find_spec(name)
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            self.then(module)

        spec.loader.exec_module = exec_module
        return spec


def end(how: str) -> None:
    match how:
        case "exception":
            raise RuntimeError(METAL)
        case "bug":
            raise TypeError("unsupported operand type(s) for +: 'int' and 'str'")
        case "metal abort":
            print(
                f"libc++abi: terminating due to uncaught exception of type std::runtime_error: {METAL}", file=sys.stderr
            )
            sys.stderr.flush()
            os.abort()
        case "abort":
            os.abort()
        case "segv":
            ctypes.string_at(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case _:
            raise ValueError(how)


def at_step(step: int, how: str) -> None:
    def then(module: Any) -> None:
        update, left = module.Optimizer.update, iter(range(step - 1))

        def counted(*arguments: Any) -> None:
            if next(left, None) is None:
                end(how)
            update(*arguments)

        module.Optimizer.update = counted

    AfterImport("mlx.optimizers.optimizers", then)


def at_call(name: str, pattern: str, how: str, after: bool) -> None:
    original = getattr(os, name)

    def watched(first: Any, *arguments: Any, **options: Any) -> Any:
        path = Path(f"/proc/self/fd/{first}").readlink() if isinstance(first, int) else first
        # A folder is moved aside before another takes its name, where there is one.
        found = re.search(pattern, os.fspath(path)) and (name != "rename" or Path(path).exists())
        if found and not after:
            end(how)
        result = original(first, *arguments, **options)
        if found:
            end(how)
        return result

    setattr(os, name, watched)


def take(troubles: Path) -> dict[str, Any] | None:
    first, *rest = json.loads(troubles.read_text())
    troubles.write_text(json.dumps(rest)) if rest else troubles.unlink()
    return first


def tell_another_time(clock: Path) -> None:
    def then(module: Any) -> None:
        now = module.now
        module.now = lambda: now() + timedelta(seconds=float(clock.read_text()))

    AfterImport("nyay_lib.nights", then)


def stay_here(record: Path) -> None:
    """There is no network but the machine's own."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def refuse(host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not re.fullmatch(r"localhost|127\.[\d.]+|::1|0\.0\.0\.0|::", name) and name != socket.gethostname():
            with record.open("a") as file:
                file.write(f"{name} wanted by {' '.join(sys.orig_argv)}\n")
            raise OSError(errno.ENETUNREACH, "Network is unreachable", name)

    def connected(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple):
            refuse(address[0])
        connect(self, address)

    def looked_up(host: Any, *arguments: Any, **options: Any) -> Any:
        refuse(host)
        return look_up(host, *arguments, **options)

    socket.socket.connect, socket.getaddrinfo = connected, looked_up


if "nyay_lib.engine" in sys.orig_argv and (beside := Path(sys.orig_argv[-1]).with_name("trouble.json")).exists():
    match take(beside):
        case {"step": step, "end": how}:
            at_step(step, how)
        case {"call": call, "of": pattern, "end": how, **more}:
            at_call(call, pattern, how, bool(more.get("after")))
        case _:
            pass
if "NIGHTS_CLOCK" in os.environ:
    tell_another_time(Path(os.environ["NIGHTS_CLOCK"]))
if "NO_NETWORK" in os.environ:
    stay_here(Path(os.environ["NO_NETWORK"]))
