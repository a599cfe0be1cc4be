"""The last step: a Modelfile, a tag in Ollama, a first question, and production if the verdict allows it."""

import time
from collections.abc import Sequence

from filelock import FileLock

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import write_text
from nyay_lib.prompt import ChatFormat
from nyay_lib.registry.candidate import Candidate
from nyay_lib.registry.client import Report
from nyay_lib.registry.history import lineage
from nyay_lib.registry.journal import Entry, Waiver, append, champion, journal_of, read
from nyay_lib.registry.modelfile import modelfile
from nyay_lib.registry.production import prepare
from nyay_lib.registry.questioning import ask_again
from nyay_lib.registry.registering import Guard, Served, serve, undoing
from nyay_lib.registry.retention import remove_old_tags
from nyay_lib.registry.standing import faults, held, waived
from nyay_lib.registry.switching import apply, go_live, switching
from nyay_lib.results import Result
from nyay_lib.runs import RunDir


class Release(Result):
    """Where the model went. ``reason`` is one sentence for the page; ``replaced`` is the run that was live before."""

    run_id: str
    tag: str | None
    registered: bool
    promoted: bool
    reason: str
    sha256: str
    replaced: str | None


def release(
    config: PipelineConfig,
    run: RunDir,
    gguf: Gguf,
    verdict: Verdict,
    chat: ChatFormat,
    licence: str,
    report: Report,
    waivers: Sequence[Waiver] = (),
    guard: Guard = undoing,
) -> Release:
    """Register the model where Ollama is, ask it something, and promote it if its verdict passed.

    Rows that ``waivers`` name, now or in the journal, do not hold it back. A model that its verdict refuses keeps its
    own tag; ``guard`` takes the tag away of one that is not made whole, or fails its first question. Run again, it
    changes nothing that is as it should be. Of two releases at once one waits.
    Raises RegistryError: Ollama is required and does not answer, it refuses, or a file is in the way.
    """
    start = time.monotonic()
    known = (*waivers, *waived(config, run, gguf))
    candidate = Candidate(config, run, gguf, verdict, chat, licence, tuple({one.row: one for one in known}.values()))
    write_text(run.modelfile, modelfile(gguf.path, chat, config.registry, licence))
    journal = journal_of(config)
    journal.parent.mkdir(parents=True, exist_ok=True)
    earlier = Release.reuse(run.result("register"), candidate.inputs)
    # A lock of its own: a rollback need not wait until a file is sent.
    with FileLock(journal.with_name(".release.lock")):
        before = len(read(journal))
        served = serve(candidate, report, guard)
        promoted, reason = _decide(candidate, served)
        unchanged = len(read(journal)) == before
    return Release(
        inputs=candidate.inputs,
        seconds=time.monotonic() - start + (0.0 if verdict.reused else verdict.seconds),
        reused=unchanged and earlier is not None and earlier.tag == served.tag,
        run_id=run.run_id,
        tag=served.tag,
        registered=served.tag is not None,
        promoted=promoted,
        reason=reason,
        sha256=gguf.sha256,
        replaced=_predecessor(candidate) if promoted else None,
    ).save(run.result("register"))


def _decide(candidate: Candidate, served: Served) -> tuple[bool, str]:
    """Promote or refuse, and look after what else is in Ollama; whether it is in production now, and the sentence."""
    news = _news(candidate.config, served)
    with switching(candidate.config) as mended:
        if served.tag is not None and not served.faults:
            registered = candidate.entry("registered", served.tag, [], served.version)
            _note_once(candidate, registered.model_copy(update={"digest": served.digest}))
        promoted, reason = _judge(candidate, served)
    return promoted, "; ".join(filter(None, [reason, mended, news, _tidied(candidate.config, served)]))


def _news(config: PipelineConfig, served: Served) -> str:
    """What a new version of Ollama makes of production, if there is one and it makes anything of it."""
    if served.where is None or served.version is None:
        return ""
    wrong = ask_again(config, served.where, served.version)
    return f"attention: Ollama is version {served.version} now, and in production {'; '.join(wrong)}" if wrong else ""


def _tidied(config: PipelineConfig, served: Served) -> str:
    """Old tags removed; in words only where that failed, since a release does not depend on it."""
    if served.where is None:
        return ""
    try:
        remove_old_tags(config, served.where)
    except RegistryError as error:
        return f"old tags are still in Ollama: {error}"
    return ""


def _judge(candidate: Candidate, served: Served) -> tuple[bool, str]:
    if reasons := faults(candidate, served):
        _note_once(candidate, candidate.entry("refused", served.tag, reasons, served.version))
        return False, f"{served.note}; refused: {'; '.join(reasons)}"
    if why := held(candidate, served, read(journal_of(candidate.config))):
        return False, f"{served.note}; not promoted: {why}"
    _promote(candidate, served)
    return True, f"{served.note}; {'promoted to production' if served.tag else 'its files are in production'}"


def _promote(candidate: Candidate, served: Served) -> None:
    """Into production; what is there already is only put right."""
    config, live = candidate.config, champion(journal_of(candidate.config))
    prepare(config, candidate.run, candidate.gguf)
    if live is not None and candidate.is_in(live) and served.tag in (live.tag, None):
        # Ollama may be away when a finished release is run again: what it serves is the same all the same.
        apply(config, live if served.tag else live.model_copy(update={"tag": None}))
        return
    before = None if live is None else live.replaced if candidate.is_in(live) else live.run_id
    go_live(config, candidate.intent(served.tag, served.digest, before, served.version))


def _note_once(candidate: Candidate, entry: Entry) -> None:
    """Add an entry unless the journal's last one of its kind about this run says the same."""
    journal = journal_of(candidate.config)
    same_kind = [e for e in read(journal) if e.event == entry.event and candidate.is_in(e)]
    if not same_kind or not same_kind[-1].is_same(entry):
        append(journal, entry)


def _predecessor(candidate: Candidate) -> str | None:
    """The run that was in production before this one."""
    others = [e for e in lineage(read(journal_of(candidate.config))) if not candidate.is_in(e)]
    return others[-1].run_id if others else None
