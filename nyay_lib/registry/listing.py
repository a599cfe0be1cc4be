"""Every release that the journal knows: what became of it, what its verdict was, and when it was in production."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.frozen import Frozen
from nyay_lib.registry.history import Period, lineage, periods, removed_tags, rolled_back, served, weights_of
from nyay_lib.registry.journal import Entry, Waiver, journal_of, read

State = Literal["in production", "before production", "rolled back", "replaced", "refused", "registered"]
Outcome = Literal["passed", "waived", "held back"]


class Live(Frozen):
    """A time in production; ``until`` is None while it lasts."""

    since: datetime
    until: datetime | None


class Listed(Frozen):
    """A release. ``sha256`` is that of its GGUF, ``digest`` that of its manifest in Ollama.

    ``removed``: its tag was taken out of Ollama. ``reasons`` say what held it back, or why it was rolled back.
    """

    run_id: str
    tag: str | None
    removed: bool
    sha256: str
    digest: str | None
    verdict: Outcome
    state: State
    reasons: list[str]
    waivers: list[Waiver]
    first: datetime
    live: list[Live]


def releases(config: PipelineConfig) -> list[Listed]:
    """The releases of the journal, the newest first. Raises RegistryError for a damaged journal."""
    entries = read(journal_of(config))
    by_file: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.event != "marked":
            by_file.setdefault((entry.run_id, entry.sha256), []).append(entry)
    return [_listed(entries, own) for own in reversed(by_file.values())]


def _listed(entries: Sequence[Entry], own: Sequence[Entry]) -> Listed:
    last = own[-1]
    tag = next((entry.tag for entry in reversed(own) if entry.tag), None)
    waivers = [waiver for entry in own if entry.is_switch for waiver in entry.waivers]
    state = _state(entries, last)
    return Listed(
        run_id=last.run_id,
        tag=tag,
        removed=tag in removed_tags(entries),
        sha256=last.sha256,
        digest=next((entry.digest for entry in reversed(own) if entry.digest), None),
        verdict="passed" if last.passed else "waived" if waivers else "held back",
        state=state,
        reasons=_reasons(entries, own, state),
        waivers=waivers,
        first=own[0].time,
        live=[Live(since=p.since, until=p.until) for p in periods(entries) if p.entry.is_of(last.run_id, last.sha256)],
    )


def _state(entries: Sequence[Entry], last: Entry) -> State:
    line = [entry.is_of(last.run_id, last.sha256) for entry in lineage(entries)]
    was_live = any(entry.is_switch and entry.is_of(last.run_id, last.sha256) for entry in entries)
    refused = any(entry.event == "refused" and entry.is_of(last.run_id, last.sha256) for entry in entries)
    states: list[tuple[State, bool]] = [
        ("in production", line[-1:] == [True]),
        ("before production", line[-2:-1] == [True]),
        ("rolled back", was_live and weights_of(last) in rolled_back(entries)),
        ("replaced", was_live),
        ("refused", refused),
        ("registered", True),
    ]
    return next(state for state, true in states if true)


def _reasons(entries: Sequence[Entry], own: Sequence[Entry], state: State) -> list[str]:
    if state == "rolled back":
        return rolled_back(entries)[weights_of(own[-1])].reasons
    refusals = [entry.reasons for entry in own if entry.event == "refused"]
    return refusals[-1] if refusals and state in ("refused", "registered") else []


def live_at(config: PipelineConfig, at: str | None) -> list[Period]:
    """What was in production at a moment, or during a whole day, in the zone of time.timezone; None is now.

    Raises RegistryError for what is neither, and for a moment that is still to come.
    """
    now = datetime.now(ZoneInfo(config.time.timezone))
    start, end = (now, now) if at is None else _span(at, now)
    if start > now:
        raise RegistryError(f"{at!r} is still to come: it is {now:%Y-%m-%d %H:%M} in {config.time.timezone}")
    return served(read(journal_of(config)), start, end)


def _span(at: str, now: datetime) -> tuple[datetime, datetime]:
    """The first and last moment that are meant."""
    try:
        if "T" not in at.strip().upper() and " " not in at.strip():
            day = date.fromisoformat(at.strip())
            start, after = (datetime.combine(one, time(), now.tzinfo) for one in (day, day + timedelta(days=1)))
            return start, after - timedelta(microseconds=1)
        moment = datetime.fromisoformat(at.strip())
    except (ValueError, OverflowError) as error:
        raise RegistryError(f"{at!r} is no date or time: write 2026-11-01 or 2026-11-01T18:30") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    return moment, moment
