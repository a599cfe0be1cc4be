"""Back to a model that was in production before: by one word, in seconds, with a reason that is kept for ever."""

import time
from collections.abc import Sequence

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.frozen import Frozen
from nyay_lib.registry.address import address, version
from nyay_lib.registry.candidate import Candidate
from nyay_lib.registry.client import Report
from nyay_lib.registry.finished import finished
from nyay_lib.registry.history import digest_of_tag, lineage, predecessor, unfinished
from nyay_lib.registry.journal import Entry, append, journal_of, read
from nyay_lib.registry.ollama import register, tags
from nyay_lib.registry.production import missing_files, prepare
from nyay_lib.registry.questioning import ask_again
from nyay_lib.registry.switching import folder_of, go_live, switching
from nyay_lib.runs import RunDir


class Rollback(Frozen):
    """What is in production again, and what it took the place of. ``seconds`` until it served; ``notes`` in words."""

    run_id: str
    tag: str | None
    sha256: str
    replaced: str
    reason: str
    seconds: float
    notes: list[str]


def roll_back(config: PipelineConfig, to: str | None, reason: str, report: Report) -> Rollback:
    """Put the model before the one in production back, or that of the run ``to``, which was in production once.

    What is rolled back keeps its tag, and does not go live again by itself. A model whose tag is no longer in Ollama is
    registered again, which takes longer. Raises RegistryError: no reason, no such model, its files are gone, Ollama is
    away.
    """
    if not reason.strip():
        raise RegistryError("a rollback needs a reason, which is kept for ever: add --reason")
    start = time.monotonic()
    begun = unfinished(read(journal_of(config)))
    with switching(config) as mended:
        entries = read(journal_of(config))
        done = _finished(entries, begun, to) or _restore(config, entries, to, reason.strip(), report)
    seconds = time.monotonic() - start
    # Only now: whoever rolls back is in a hurry.
    wrong = _news(config) if done.tag else []
    return Rollback(
        run_id=done.run_id,
        tag=done.tag,
        sha256=done.sha256,
        replaced=done.replaced or "",
        reason="; ".join(done.reasons),
        seconds=seconds,
        notes=[note for note in (mended, *wrong) if note],
    )


def _finished(entries: Sequence[Entry], begun: Entry | None, to: str | None) -> Entry | None:
    """A rollback that was broken off and is finished now, if it is what is asked for: run again, it goes no further."""
    live = lineage(entries)[-1:]
    if begun is None or begun.event != "restoring" or not live or to not in (None, begun.run_id):
        return None
    return live[0] if live[0].is_of(begun.run_id, begun.sha256) else None


def _restore(config: PipelineConfig, entries: Sequence[Entry], to: str | None, reason: str, report: Report) -> Entry:
    live, target = _ends(entries, to)
    intent = ready(config, target.about("restoring", [reason], None), report, served=live.tag is not None)
    return go_live(config, intent.model_copy(update={"replaced": live.run_id}))


def ready(config: PipelineConfig, entry: Entry, report: Report, *, served: bool) -> Entry:
    """See to it that what an entry names can go live: its links, and its tag where Ollama has lost it.

    ``served``: Ollama serves production now, so it must have this model too. Gives the entry with the tag and digest
    that Ollama has it under. Raises RegistryError.
    """
    if missing_files(folder_of(config, entry)):
        again = _exported(config, entry)
        prepare(config, again.run, again.gguf)
    if entry.tag is None and not served:
        return entry
    there = tags(address(config))
    if entry.tag is None or entry.tag not in there:
        again = _exported(config, entry)
        made = register(address(config), again.tag, again.gguf, again.card, report)
        known = entry.model_copy(update={"tag": made.tag, "digest": made.digest})
        append(journal_of(config), known.about("registered", [], None))
        return known
    if digest_of_tag(read(journal_of(config)), entry.tag) not in (there[entry.tag], None):
        raise RegistryError(
            f"{entry.tag} in Ollama is another model than was released; `ollama rm {entry.tag}`, then run again, "
            "which registers it anew"
        )
    return entry.model_copy(update={"digest": there[entry.tag]})


def _exported(config: PipelineConfig, entry: Entry) -> Candidate:
    """What an entry's run exported. Raises RegistryError where that is another file than was released."""
    again = finished(config, RunDir.at(config.paths.runs, entry.run_id))
    if not entry.is_of(entry.run_id, again.gguf.sha256):
        raise RegistryError(
            f"{entry.run_id} was released as a file with the digest {entry.sha256[:12]}, and has exported another "
            f"since, {again.gguf.sha256[:12]}: put the released one back from a backup, or name another run"
        )
    return again


def _ends(entries: Sequence[Entry], to: str | None) -> tuple[Entry, Entry]:
    """What is in production, and what is to be. Raises RegistryError."""
    line = lineage(entries)
    if not line:
        raise RegistryError("nothing is in production yet, so there is nothing to roll back")
    live, target = line[-1], predecessor(entries)
    if to is not None:
        target = next((entry for entry in reversed(entries) if entry.is_switch and entry.run_id == to), None)
    if target is None:
        known = ", ".join(dict.fromkeys(entry.run_id for entry in entries if entry.is_switch))
        what = f"{to!r} was never in production" if to else f"nothing was in production before {live.run_id}"
        raise RegistryError(f"{what}; what was: {known}")
    if target.run_id == live.run_id:
        raise RegistryError(f"{to!r} is in production; `nyay models verify` says whether all of it is as it should be")
    return live, target


def _news(config: PipelineConfig) -> list[str]:
    """What a new version of Ollama makes of the model, if there is one."""
    where = address(config)
    found = version(where)
    wrong = ask_again(config, where, found) if found else []
    return [f"attention: Ollama is version {found} now: {fault}" for fault in wrong]
