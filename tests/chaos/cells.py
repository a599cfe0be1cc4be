"""A cell of the matrix: one step comes to one fault, then the same run is started again."""

import os
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.drive import Moment
from tests.chaos.faults import FAULTS, NEEDS_MOUNT, reason_against
from tests.chaos.lab import Act, Driven, Lab
from tests.chaos.project import differences, leftovers
from tests.chaos.steps import STEPS, Step

DAY = 86_400
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """``reason`` says why it makes no sense; else ``faults`` is what went wrong, and ``words`` what the user read."""

    step: str
    fault: str
    reason: str = ""
    faults: tuple[str, ...] = ()
    words: str = ""

    @property
    def is_tried(self) -> bool:
        return not self.reason

    @property
    def passed(self) -> bool:
        return self.is_tried and not self.faults


def names() -> list[tuple[Step, str]]:
    """All cells, row by row."""
    return [(step, fault) for step in STEPS for fault in FAULTS]


def attempt(lab: Lab, step: Step, fault: str) -> Cell:
    """Try a cell."""
    reason = reason_against(step, fault)
    if not reason and fault in NEEDS_MOUNT and not lab.project.mounted:
        reason = "this user may not mount a file system here"
    if reason:
        return Cell(step.name, fault, reason)
    lab.put_back(step)
    faults: list[str] = []
    words = ""
    for said, check in WAYS[fault](lab, step):
        words = words or said["words"]
        faults += [f"{word} [{said['end']}: {said['words']}]" for word in check(said)]
        faults += [f"orphan: {' '.join(process.cmdline())}" for process in lab.orphans()]
        lab.reset()
    if fault != "damaged input":  # which is there still, and to be mended by the next run
        faults += [f"after the fault {word}" for word in found(lab, may_miss=True)]
    again = lab.run(lab.order())
    faults += [f"the next run did not come to its end [{again['end']}: {again['words']}]"] * (again["end"] != "done")
    faults += [f"after the next run {word}" for word in [*found(lab, may_miss=False), *leftovers(lab.project.folder)]]
    faults += ["Ollama has other models"] * (lab.ollama.models != lab.models["wanted"][1])
    return Cell(step.name, fault, "", tuple(faults), words)


def found(lab: Lab, *, may_miss: bool) -> list[str]:
    return differences(lab.project.folder, lab.folder / "wanted", may_miss=may_miss)


# --- the ways -------------------------------------------------------------------------------------------------------

Check = Callable[[Said], list[str]]
Outcomes = list[tuple[Said, Check]]


def killed(lab: Lab, step: Step) -> Outcomes:
    said = lab.run(lab.order(step, "middle"), {"middle": lambda driven: os.kill(driven.pid, signal.SIGKILL)})
    return [(said, ends("killed"))]


def terminated(lab: Lab, step: Step) -> Outcomes:
    """As when the machine is shut down: all processes are told."""
    said = lab.run(lab.order(step, "middle"), {"middle": lambda driven: os.killpg(driven.pid, signal.SIGTERM)})
    return [(said, ends("cancelled", "error"))]


def cancelled(lab: Lab, step: Step) -> Outcomes:
    """As Prefect does: the flow's process is told."""
    said = lab.run(lab.order(step, "middle"), {"middle": lambda driven: os.kill(driven.pid, signal.SIGTERM)})
    return [(said, ends("cancelled"))]


def without_room(lab: Lab, step: Step) -> Outcomes:
    with ExitStack() as stack:
        said = lab.run(lab.order(step, "middle"), {"middle": enter(stack, lab.project.full)})
    # One that makes room for itself, as a step that removes what it made on the way, may come to its end.
    return [(said, ends("done") if said["end"] == "done" else tells("room", "space", "free", "full"))]


def without_leave(lab: Lab, step: Step) -> Outcomes:
    with ExitStack() as stack:
        said = lab.run(lab.order(step, "begin"), {"begin": enter(stack, lab.project.read_only)})
    return [(said, tells("written", "write", "read-only", "Read-only"))]


def enter(stack: ExitStack, context: Callable[[], Any]) -> Act:
    return lambda _: stack.enter_context(context())


def cut_off(lab: Lab, step: Step) -> Outcomes:
    if step.network == "hub":
        return [_broken_off(lab, step), _lied_to(lab, step)]
    # A registration sends a file, and is cut in it; a switch is cut between two of its requests.
    moment: Moment = "middle" if step.name == "promote" else "begin"

    def cut(_: Driven) -> None:
        lab.proxy.left = 3000 if step.name == "register" else 0

    return [(lab.run(lab.order(step, moment), {moment: cut}), tells("Ollama"))]


def _broken_off(lab: Lab, step: Step) -> tuple[Said, Check]:
    size = len(next(iter(lab.hub.repositories.values())).files["model.safetensors"])
    lab.hub.cuts["model.safetensors"] = [size // 2, *[0] * 20]
    return lab.run(lab.order(step)), tells("cannot be reached", "what has arrived is kept")


def _lied_to(lab: Lab, step: Step) -> tuple[Said, Check]:
    lab.reset()
    true = next(iter(lab.hub.repositories.values())).files["model.safetensors"]
    lab.hub.served["model.safetensors"] = true[:-1] + bytes([true[-1] ^ 1])
    return lab.run(lab.order(step)), tells("model.safetensors arrived with another digest")


def damaged(lab: Lab, step: Step) -> Outcomes:
    """A byte of each input is flipped after the steps before have looked at it."""
    return [one for pattern in step.inputs for one in _damaged(lab, step, pattern)]


def _damaged(lab: Lab, step: Step, pattern: str) -> Outcomes:
    whole: dict[Path, bytes] = {}

    def flip(_: Driven) -> None:
        for path in lab.project.folder.glob(pattern):
            whole[path] = content = path.read_bytes()
            middle = len(content) // 2
            damaged = content[:middle] + bytes([content[middle] ^ 0x10]) + content[middle + 1 :]
            path.write_bytes(content[:40] if path.parent.name == "data" else damaged)

    moment: Moment = "begin" if step.name in ("quantise", "promote") else "task"
    if pattern.startswith("data/") and step.name == "preflight":
        (lab.project.folder / pattern).write_bytes(b"")
        said = lab.run(lab.order(step))
        whole[lab.project.folder / pattern] = (lab.folder / "ready" / pattern).read_bytes()
    else:
        said = lab.run(lab.order(step, moment), {moment: flip})
    for path, content in whole.items():
        if path.parent.name == "data" or "put it back" in said["words"]:
            path.write_bytes(content)
    return [(said, tells(Path(pattern).name))]


def out_of_time(lab: Lab, step: Step) -> Outcomes:
    acts: dict[Moment, Act] = {"begin": lambda _: lab.clock.jump(DAY), "middle": lambda _: lab.clock.jump(-2 * DAY)}
    return [(lab.run(lab.order(step, "begin", "middle"), acts), ends("done"))]


def twice(lab: Lab, step: Step) -> Outcomes:
    """Two flows of one run: the second starts the step while the first stands in its middle."""
    seconds: list[Driven] = []

    def second(_: Driven) -> None:
        seconds.append(lab.start(lab.order(step)))
        # It shall come as far as it can before the first goes on.
        seconds[0].process.join(1.0)

    first = lab.run(lab.order(step, "middle"), {"middle": second})
    told = [first, *(driven.follow({}) for driven in seconds)]
    either = ["neither of the two came to its end"] * all(said["end"] != "done" for said in told)
    return [(said, lambda said: [*ends("done", "error")(said), *either]) for said in told]


WAYS: dict[str, Callable[[Lab, Step], Outcomes]] = dict(
    zip(
        FAULTS,
        (killed, terminated, cancelled, without_room, without_leave, cut_off, damaged, out_of_time, twice),
        strict=True,
    )
)


def ends(*wanted: str) -> Check:
    return lambda said: [] if said["end"] in wanted else [f"did not end as {' or '.join(wanted)}"]


def tells(*words: str) -> Check:
    """An error for the user in one line, or one for each check of the preflight, with one of these words."""

    def check(said: Said) -> list[str]:
        if said["end"] != "error":
            return ["was no error for the user"]
        lines = said["words"].splitlines()
        clear = len(lines) == 1 or lines[0] == "the run cannot start:"
        return [] if clear and any(word in said["words"] for word in words) else ["the error is not clear"]

    return check
