"""Where the cells are tried: a project, a hub and an Ollama on loopback, and the flow as a program beside them."""

import copy
import mmap
import multiprocessing
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.config import PipelineConfig
from tests.chaos.drive import Moment, Order, drive
from tests.chaos.network import Proxy
from tests.chaos.project import BASE_NAME, ROOT, Project
from tests.chaos.steps import Step
from tests.nyay_lib.base_model.hub_server import HubServer
from tests.nyay_lib.registry.ollama_server import Faults, OllamaServer

END_SECONDS, ORPHAN_SECONDS = 1200.0, 20.0
LIVE = (":production", ":latest")
Act = Callable[["Driven"], None]


@dataclass
class Driven:
    """A flow that runs; its last word, and its exit code where it had none."""

    process: Any
    line: Any
    said: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    def follow(self, acts: Mapping[Moment, Act]) -> dict[str, Any]:
        """Until its end, doing at each moment what is to be done then."""
        deadline = time.monotonic() + END_SECONDS
        with self._ended(), suppress(EOFError, BrokenPipeError, ConnectionResetError):
            while not self.said:
                if not self.line.poll(max(0.0, deadline - time.monotonic())):
                    self.process.kill()
                    return {"end": "hung", "words": f"not at its end within {END_SECONDS:.0f} s"}
                word = self.line.recv()
                if isinstance(word, dict):
                    self.said = word  # pyright: ignore
                else:
                    acts.get(word, lambda _: None)(self)
                    self.line.send("go")
        self.process.join(END_SECONDS)
        return self.said or {"end": "killed", "words": f"exit code {self.process.exitcode}"}

    @contextmanager
    def _ended(self) -> Iterator[None]:
        """What goes wrong in the laboratory itself leaves no flow behind."""
        try:
            yield
        except BaseException:
            self.process.kill()
            raise


class Clock:
    """The time of day of all that is driven: the machine's, and so many seconds ahead."""

    def __init__(self, folder: Path) -> None:
        self.file, self.library = folder / "clock", folder / "clock.so"
        self.file.write_bytes(bytes(mmap.PAGESIZE))
        source = ROOT / "tests/chaos/clock.c"
        command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(self.library), str(source), "-ldl"]
        subprocess.run(command, check=True, capture_output=True)

    def jump(self, seconds: int) -> None:
        with self.file.open("r+b") as file:
            file.write(struct.pack("=q", seconds))


class Lab:
    """Two states of the project: ``ready``, when the flow has ended, and ``wanted``, when it was promoted too."""

    def __init__(self, folder: Path, hub: HubServer, ollama: OllamaServer) -> None:
        self.folder, self.hub, self.ollama = folder, hub, ollama
        self.proxy = Proxy(ollama.address)
        self.project = Project.make(folder / "project")
        self.config: PipelineConfig = self.project.config(self.proxy.address)
        self.clock = Clock(folder)
        self.counts: dict[str, dict[str, int]] = {}
        self.models: dict[str, tuple[Any, Any]] = {}
        os.environ |= {"LD_PRELOAD": str(self.clock.library), "CHAOS_CLOCK": str(self.clock.file)}
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.chaos.drive"])
        self._number = 0

    def prepare(self) -> None:
        """An undisturbed run, in two halves."""
        tiny = self.folder / "tiny"
        make_tiny(tiny)
        self.hub.add(BASE_NAME, tiny)
        (self.project.folder / "data").mkdir()
        for name in ("train.jsonl", "val.jsonl"):
            shutil.copy(ROOT / "data/sample" / name, self.project.folder / "data" / name)
        for state, promotes in (("ready", False), ("wanted", True)):
            said = self.run(self.order(promotes=promotes))
            assert said["end"] == "done", said
            self.counts = said["counts"] | self.counts
            self.keep(state)

    def keep(self, state: str) -> None:
        self.project.keep(self.folder / state)
        self.models[state] = copy.deepcopy((self.ollama.blobs, self.ollama.models))

    def put_back(self, step: Step) -> None:
        """The state in which ``step`` is the first that has to be done."""
        self.project.fill(self.folder / "ready")
        self.project.without(step.made)
        self.ollama.blobs, self.ollama.models = copy.deepcopy(self.models["ready"])
        if step.name == "register":
            self.ollama.blobs, self.ollama.models = {}, {}
        elif step.name == "promote":
            for live in [tag for tag in self.ollama.models if tag.endswith(LIVE)]:
                del self.ollama.models[live]
        self.reset()

    def reset(self) -> None:
        """Nothing is wrong any more."""
        self.clock.jump(0)
        self.ollama.faults, self.proxy.left = Faults(), 1 << 62
        self.hub.cuts.clear()
        self.hub.served.clear()

    # --- driving ---

    def order(self, step: Step | None = None, *holds: Moment, promotes: bool = True) -> Order:
        self._number += 1
        count = self.counts.get(step.name, {}) if step else {}
        kind = "event" if count.get("event") else "touch"
        return Order(
            project=str(self.project.folder),
            config=self.config.model_dump_json(by_alias=True),
            environment={"HF_ENDPOINT": self.hub.address, "HF_HOME": str(self.folder / "hf"), "PYTHONPATH": str(ROOT)},
            log=str(self.folder / f"{self._number}.log"),
            step=step.name if step else "",
            holds=holds,
            middle=(kind, max(1, (count.get(kind, 1) + 1) // 2)),
            promotes=promotes,
        )

    def start(self, order: Order) -> Driven:
        here, there = self._context.Pipe()
        process = self._context.Process(target=drive, args=(order, there))
        process.start()
        there.close()
        return Driven(process, here)

    def run(self, order: Order, acts: Mapping[Moment, Act] = {}) -> dict[str, Any]:
        return self.start(order).follow(acts)

    def orphans(self) -> list[psutil.Process]:
        """Engines of this project that outlive their flow."""
        found = [process for process in psutil.process_iter() if self._owns(process)]
        return psutil.wait_procs(found, timeout=ORPHAN_SECONDS)[1]

    def _owns(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            command = process.cmdline()
            return "nyay_lib.engine" in command and str(self.project.folder) in command[-1]
        return False


@contextmanager
def open_lab(folder: Path) -> Iterator[Lab]:
    """A lab with its servers, which is gone afterwards."""
    with HubServer() as hub, OllamaServer() as ollama:
        lab = Lab(folder, hub, ollama)
        try:
            lab.prepare()
            yield lab
        finally:
            lab.project.remove()
            lab.proxy.close()
