"""The last step: a Modelfile, a tag in Ollama, a first question, and production if the verdict allows it."""

import time
from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass

from filelock import FileLock

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import digest_value, write_text
from nyay_lib.prompt import ChatFormat
from nyay_lib.registry.address import address, nobody_at, version
from nyay_lib.registry.client import Report
from nyay_lib.registry.journal import Entry, Event, Waiver, append, champion, journal_of, read
from nyay_lib.registry.modelfile import card, modelfile
from nyay_lib.registry.ollama import copy, register
from nyay_lib.registry.production import prepare, switch
from nyay_lib.registry.smoke import SmokeFailure, smoke_test
from nyay_lib.results import Result
from nyay_lib.runs import RunDir

LIVE_TAGS = ("production", "latest")


class Release(Result):
    """Where the model went. ``reason`` is one sentence for the page; ``replaced`` is the run that was live before."""

    run_id: str
    tag: str | None
    registered: bool
    promoted: bool
    reason: str
    sha256: str
    replaced: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """All that a release is made from."""

    config: PipelineConfig
    run: RunDir
    gguf: Gguf
    verdict: Verdict
    chat: ChatFormat
    licence: str
    waivers: tuple[Waiver, ...] = ()

    @property
    def tag(self) -> str:
        """The tag that is this run's alone."""
        return f"{self.config.registry.name}:{self.run.run_id}-{self.gguf.quantization}"

    @property
    def inputs(self) -> str:
        """Digest of all of it."""
        told = asdict(card(self.chat, self.config.registry, self.licence))
        return digest_value([self.tag, self.gguf.sha256, self.verdict.model_dump(include={"rows"}), told])


@dataclass(frozen=True, slots=True)
class Served:
    """How registering ended: address and tag in Ollama, or why there is none; and what the first question showed."""

    where: str | None
    tag: str | None
    note: str
    faults: list[str]


def release(
    config: PipelineConfig,
    run: RunDir,
    gguf: Gguf,
    verdict: Verdict,
    chat: ChatFormat,
    licence: str,
    report: Report,
    waivers: Sequence[Waiver] = (),
) -> Release:
    """Register the model where Ollama is, ask it something, and promote it if its verdict passed.

    Rows that ``waivers`` name, now or in the journal, do not hold it back. A model that is refused keeps its own tag.
    Run again, it changes nothing that is as it should be. Of two releases at once one waits.
    Raises RegistryError: Ollama is required and does not answer, it refuses, or a file is in the way.
    """
    start = time.monotonic()
    known = (*waivers, *waived(config, run, gguf))
    candidate = Candidate(config, run, gguf, verdict, chat, licence, tuple({one.row: one for one in known}.values()))
    write_text(run.modelfile, modelfile(gguf.path, chat, config.registry, licence))
    journal = journal_of(config)
    journal.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(journal.with_name(".release.lock")):
        before = len(read(journal))
        served = _serve(candidate, report)
        promoted, reason = _judge(candidate, served)
        unchanged = len(read(journal)) == before
    return Release(
        inputs=candidate.inputs,
        seconds=time.monotonic() - start + (0.0 if verdict.reused else verdict.seconds),
        reused=unchanged and served.tag is not None,
        run_id=run.run_id,
        tag=served.tag,
        registered=served.tag is not None,
        promoted=promoted,
        reason=reason,
        sha256=gguf.sha256,
        replaced=_predecessor(candidate) if promoted else None,
    ).save(run.result("register"))


def _serve(candidate: Candidate, report: Report) -> Served:
    """Register and ask, where the configuration allows and Ollama answers."""
    where, wanted = address(candidate.config), candidate.config.registry.register_model
    if wanted == "never":
        return Served(None, None, "not registered: registry.register is 'never'", [])
    if version(where) is None:
        if wanted == "required":
            raise RegistryError(f"registry.register is 'required': {nobody_at(where)} and run again")
        return Served(None, None, f"not registered: {nobody_at(where)}", [])
    told = card(candidate.chat, candidate.config.registry, candidate.licence)
    register(where, candidate.tag, candidate.gguf, told, report)
    _note_once(candidate, _entry(candidate, "registered", candidate.tag, []))
    try:
        smoke_test(where, candidate.tag, candidate.chat)
    except SmokeFailure as failure:
        return Served(where, candidate.tag, f"registered as {candidate.tag}", [str(failure)])
    return Served(where, candidate.tag, f"registered as {candidate.tag}", [])


def _judge(candidate: Candidate, served: Served) -> tuple[bool, str]:
    """Promote or refuse; whether it is in production now, and the sentence about it."""
    reasons = [*served.faults, *_verdict_faults(candidate.verdict, {one.row for one in candidate.waivers})]
    if reasons:
        _note_once(candidate, _entry(candidate, "refused", served.tag, reasons))
        return False, f"{served.note}; refused: {'; '.join(reasons)}"
    live = champion(journal_of(candidate.config))
    if live is not None and (held := _held(candidate, served, live)):
        return False, f"{served.note}; not promoted: {held}"
    _promote(candidate, served)
    return True, f"{served.note}; {'promoted to production' if served.tag else 'its files are in production'}"


def _verdict_faults(verdict: Verdict, waived: Container[str]) -> list[str]:
    if not any(row.required for row in verdict.rows):
        return ["its verdict has no required row"]
    return [f"{row.name} {row.outcome}: {row.reason}" for row in verdict.blocking if row.name not in waived]


def waived(config: PipelineConfig, run: RunDir, gguf: Gguf) -> list[Waiver]:
    """What was waived when this very model went live: a waiver holds for ever."""
    entries = (e for e in read(journal_of(config)) if (e.run_id, e.sha256) == (run.run_id, gguf.sha256))
    return [waiver for entry in entries for waiver in entry.waivers]


def _held(candidate: Candidate, served: Served, live: Entry) -> str | None:
    """Why a good model does not go live: production moved on since, or it is Ollama's and Ollama is not there."""
    if _is_of(live, candidate):
        return None
    if live.tag is not None and served.tag is None:
        return f"Ollama serves {live.tag}, and files and Ollama change together"
    if any(e.event == "promoted" and _is_of(e, candidate) for e in read(journal_of(candidate.config))):
        return f"it was in production before, and {live.run_id} has taken its place since"
    return None


def _promote(candidate: Candidate, served: Served) -> None:
    """Ollama's live tags, then the files, then the journal: until the last is written, the whole is done again."""
    folder = prepare(candidate.config, candidate.run, candidate.gguf)
    if served.where is not None and served.tag is not None:
        for live in LIVE_TAGS:
            copy(served.where, served.tag, f"{candidate.config.registry.name}:{live}")
    switch(candidate.config, folder)
    live = champion(journal_of(candidate.config))
    # Ollama may be away when a finished release is run again: what it serves is the same all the same.
    known = live.tag if live is not None and _is_of(live, candidate) else None
    entry = _entry(candidate, "promoted", served.tag or known, []).model_copy(
        update={"waivers": list(candidate.waivers)}
    )
    if live is None or not live.is_same(entry):
        append(journal_of(candidate.config), entry)


def _note_once(candidate: Candidate, entry: Entry) -> None:
    """Add an entry unless the journal's last one of its kind about this run says the same."""
    journal = journal_of(candidate.config)
    same_kind = [e for e in read(journal) if e.event == entry.event and _is_of(e, candidate)]
    if not same_kind or not same_kind[-1].is_same(entry):
        append(journal, entry)


def _entry(candidate: Candidate, event: Event, tag: str | None, reasons: list[str]) -> Entry:
    return Entry(
        event=event,
        run_id=candidate.run.run_id,
        tag=tag,
        sha256=candidate.gguf.sha256,
        passed=candidate.verdict.passed,
        reasons=reasons,
    )


def _is_of(entry: Entry, candidate: Candidate) -> bool:
    return (entry.run_id, entry.sha256) == (candidate.run.run_id, candidate.gguf.sha256)


def _predecessor(candidate: Candidate) -> str | None:
    """The run that was in production before this one."""
    promoted = [e for e in read(journal_of(candidate.config)) if e.event == "promoted" and not _is_of(e, candidate)]
    return promoted[-1].run_id if promoted else None
