"""A candidate into Ollama: made under its own tag and asked a first question, or not there at all afterwards."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

from nyay_lib.errors import RegistryError
from nyay_lib.registry.address import address, awaited_version, nobody_at, version
from nyay_lib.registry.candidate import Candidate
from nyay_lib.registry.client import Report
from nyay_lib.registry.ollama import delete, register, tags
from nyay_lib.registry.smoke import SmokeFailure, smoke_test

# A context that calls what it is given if its body fails.
Guard = Callable[[Callable[[], None]], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Served:
    """How registering ended: address, tag and its digest in Ollama, or why there is none; what the question showed."""

    where: str | None
    tag: str | None
    note: str
    faults: tuple[str, ...] = ()
    digest: str | None = None
    version: str | None = None


@contextmanager
def undoing(undo: Callable[[], None]) -> Generator[None]:
    """Call ``undo`` if the body fails, whatever ends it."""
    try:
        yield
    except BaseException:
        # Why the body failed is what a reader must see; a tag that is left over is found by `nyay models verify`.
        with suppress(RegistryError):
            undo()
        raise


def serve(candidate: Candidate, report: Report, guard: Guard = undoing) -> Served:
    """Register and ask, where the configuration allows and Ollama answers.

    A tag that fails its first question, or that was being made when the process was told to end, is removed again; one
    that was there before stays. Raises RegistryError.
    """
    where, wanted = address(candidate.config), candidate.config.registry.register_model
    if wanted == "never":
        return Served(None, None, "not registered: registry.register is 'never'")
    found = awaited_version(where) if wanted == "required" else version(where)
    if found is None:
        if wanted == "required":
            raise RegistryError(f"registry.register is 'required': {nobody_at(where)} and run again")
        return Served(None, None, f"not registered: {nobody_at(where)}")
    existed = candidate.tag in tags(where)
    try:
        with guard(lambda: None if existed else delete(where, candidate.tag)):
            made = register(where, candidate.tag, candidate.gguf, candidate.card, report)
            smoke_test(where, candidate.tag, candidate.chat)
    except SmokeFailure as failure:
        note = f"registered as {candidate.tag}" if existed else "not registered"
        return Served(where, candidate.tag if existed else None, note, (str(failure),), version=found)
    return Served(where, candidate.tag, f"registered as {candidate.tag}", (), made.digest or None, found)
