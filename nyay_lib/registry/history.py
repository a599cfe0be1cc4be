"""What the journal's entries mean together: what served when, what came before it, and what was rolled back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from nyay_lib.registry.journal import Entry


@dataclass(frozen=True, slots=True)
class Period:
    """A model was in production from ``since`` up to ``until``; None means that it still is."""

    entry: Entry
    since: datetime
    until: datetime | None


def lineage(entries: Sequence[Entry]) -> list[Entry]:
    """The model in production, last, and before it those that it came after.

    A rollback takes what stood above its target away: the next one goes further back, not forth again.
    """
    stack: list[Entry] = []
    for entry in entries:
        if entry.is_switch:
            known = [n for n, below in enumerate(stack) if below.is_of(entry.run_id, entry.sha256)]
            back = known[-1] if known and (entry.event == "restored" or known[-1] == len(stack) - 1) else len(stack)
            stack[back:] = [entry]
    return stack


def predecessor(entries: Sequence[Entry]) -> Entry | None:
    """What a rollback restores: the model that the one in production came after."""
    line = lineage(entries)
    return line[-2] if len(line) > 1 else None


def rolled_back(entries: Sequence[Entry]) -> dict[str, Entry]:
    """The rollback that took a model out of production, by its weights, unless it was brought back since."""
    taken: dict[str, Entry] = {}
    for number, entry in enumerate(entries):
        if not entry.is_switch:
            continue
        kept = {weights_of(standing) for standing in lineage(entries[: number + 1])}
        if entry.event == "restored":
            taken |= {weights_of(gone): entry for gone in lineage(entries[:number]) if weights_of(gone) not in kept}
        taken.pop(weights_of(entry), None)
    return taken


def weights_of(entry: Entry) -> str:
    """The digest of an entry's tensors, or of its file where the journal knows no better."""
    return entry.weights or entry.sha256


def unfinished(entries: Sequence[Entry]) -> Entry | None:
    """The intent that was neither completed nor abandoned: a switch that was broken off."""
    telling = [entry for entry in entries if entry.is_intent or entry.is_switch or entry.event == "abandoned"]
    return telling[-1] if telling and telling[-1].is_intent else None


def periods(entries: Sequence[Entry]) -> list[Period]:
    """What was in production when, oldest first."""
    switches = [entry for entry in entries if entry.is_switch]
    ends = [entry.time for entry in switches[1:]]
    return [Period(entry, entry.time, end) for entry, end in zip_longest(switches, ends)]


def served(entries: Sequence[Entry], start: datetime, end: datetime) -> list[Period]:
    """What was in production at some moment from ``start`` to ``end``, both included."""
    return [
        period for period in periods(entries) if period.since <= end and (period.until is None or period.until > start)
    ]


def last_version(entries: Sequence[Entry]) -> str | None:
    """The version of Ollama that the last entry that knows one was written under."""
    return next((entry.ollama for entry in reversed(entries) if entry.ollama), None)


def removed_tags(entries: Sequence[Entry]) -> set[str]:
    """Tags that were taken out of Ollama and have not been registered again since."""
    gone: set[str] = set()
    for entry in entries:
        if entry.tag and entry.event == "removed":
            gone.add(entry.tag)
        elif entry.tag and entry.event == "registered":
            gone.discard(entry.tag)
    return gone


def digest_of_tag(entries: Sequence[Entry], tag: str | None) -> str | None:
    """The digest in Ollama that a tag was last seen with; one that Ollama lost and was made again may have another."""
    return next((entry.digest for entry in reversed(entries) if entry.tag == tag and entry.digest), None)
