"""Whether production is what the journal says: its links, the digests of its files, its tags, and how it answers."""

from collections.abc import Iterator
from typing import NamedTuple

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.frozen import Frozen
from nyay_lib.registry.address import address, awaited_version, nobody_at, outdated
from nyay_lib.registry.candidate import digest_of
from nyay_lib.registry.history import digest_of_tag, last_version, predecessor, unfinished
from nyay_lib.registry.journal import Entry, append, champion, journal_of, read
from nyay_lib.registry.ollama import tags
from nyay_lib.registry.production import GGUF, astray, missing_files
from nyay_lib.registry.questioning import question_faults
from nyay_lib.registry.rollback import ready
from nyay_lib.registry.switching import apply, folder_of, live_tags, switching

MEND = "`nyay models verify --mend` puts it right"
BACK = "put it back from a backup, or `nyay models rollback --reason WHY`"


class Fault(Frozen):
    """What differs, and what to do about it."""

    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what}; {self.mend}"


class Verification(Frozen):
    """The run in production and its tag, what was compared, what differs, what was mended on the way."""

    run_id: str | None
    tag: str | None
    ollama: str | None
    compared: list[str]
    faults: list[Fault]
    mended: list[str]


class Finding(NamedTuple):
    """Something that was compared, and what is wrong with it, if anything is."""

    what: str
    fault: Fault | None = None


def verify(config: PipelineConfig, *, mend: bool = False) -> Verification:
    """Compare production with the journal, after finishing a switch that was broken off.

    With ``mend``, links and tags that differ are put back first; files cannot be. Raises RegistryError for a journal
    that cannot be read.
    """
    try:
        with switching(config) as mended:
            done = [mended, *(_mend(config) if mend else [])]
            return _compared(config, [note for note in done if note])
    except RegistryError as error:
        if unfinished(read(journal_of(config))) is None:
            raise
        fault = Fault(what=str(error), mend="then run `nyay models verify` again")
        return Verification(run_id=None, tag=None, ollama=None, compared=[], faults=[fault], mended=[])


def _mend(config: PipelineConfig) -> list[str]:
    """Put links and tags back to what the journal says; what was put back, in words."""
    live = champion(journal_of(config))
    if live is None:
        return []
    before = [finding.fault.what for finding in _places(config, live) if finding.fault]
    if before:
        apply(config, ready(config, live, lambda done, total: None, served=live.tag is not None))
    return [f"put right: {what}" for what in before]


def _places(config: PipelineConfig, live: Entry) -> Iterator[Finding]:
    """Links and tags, quickly."""
    yield from _links(config, live)
    if live.tag is not None:
        yield from _tags(config, live)


def _compared(config: PipelineConfig, mended: list[str]) -> Verification:
    entries = read(journal_of(config))
    live = champion(journal_of(config))
    found = awaited_version(address(config)) if live is not None and live.tag else None
    findings = list(_findings(config, live, found))
    if live is not None and found is not None and last_version(entries) != found:
        append(journal_of(config), live.about("checked", [str(one.fault) for one in findings if one.fault], found))
    return Verification(
        run_id=live.run_id if live else None,
        tag=live.tag if live else None,
        ollama=found,
        compared=[finding.what for finding in findings if finding.fault is None],
        faults=[finding.fault for finding in findings if finding.fault],
        mended=mended,
    )


def _findings(config: PipelineConfig, live: Entry | None, found: str | None) -> Iterator[Finding]:
    if live is None:
        return
    yield from _links(config, live)
    yield from _files(config, live)
    if live.tag is not None:
        yield from _in_ollama(config, live, found)
    if before := predecessor(read(journal_of(config))):
        yield from _way_back(config, before, found)


def _links(config: PipelineConfig, live: Entry) -> Iterator[Finding]:
    """The one link, and the names that lead through it."""
    wrong = astray(config, folder_of(config, live))
    for link in wrong:
        yield Finding(str(link), Fault(what=f"{link} does not lead to {live.run_id}", mend=MEND))
    if not wrong:
        yield Finding(f"the links lead to {live.run_id}")


def _files(config: PipelineConfig, live: Entry) -> Iterator[Finding]:
    """Each file of the release, by its digest."""
    folder = folder_of(config, live)
    lost = missing_files(folder)
    for path in lost:
        yield Finding(str(path), Fault(what=f"{path} is missing, with which {live.run_id} was released", mend=BACK))
    for name, wanted in (live.files or {GGUF: live.sha256}).items():
        path = folder / name
        if path in lost:
            continue
        try:
            digest = digest_of(folder, name)
        except OSError as error:
            digest = f"unreadable ({error.strerror})"
        told = f"{path} has the digest {digest[:12]}, the journal says {wanted[:12]}"
        yield Finding(f"{name}: {wanted[:12]}", Fault(what=told, mend=BACK) if digest != wanted else None)


def _in_ollama(config: PipelineConfig, live: Entry, found: str | None) -> Iterator[Finding]:
    """Tags and answers."""
    where = address(config)
    old = outdated(found) if found else None
    if found is None or old:
        words = f"Ollama at {where}: {old}" if old else nobody_at(where)
        yield Finding("Ollama", Fault(what=f"what Ollama serves is not known: {words}", mend="then verify again"))
        return
    wrong = [finding for finding in _tags(config, live) if finding.fault]
    yield from wrong or [Finding(f"{', '.join(live_tags(config))} are {live.tag} in Ollama {found}")]
    if wrong:
        return
    for fault in (faults := question_faults(where, str(live.tag))):
        mend = "use a version of Ollama that this one was tested with, or `nyay models rollback --reason WHY`"
        yield Finding(fault, Fault(what=fault, mend=mend))
    if not faults:
        yield Finding("the first question is answered by our template")


def _tags(config: PipelineConfig, live: Entry) -> Iterator[Finding]:
    """The release's own tag, and those that must name the same model."""
    there, told = tags(address(config)), digest_of_tag(read(journal_of(config)), live.tag)
    own = there.get(str(live.tag))
    if own is None:
        fault = Fault(what=f"Ollama has no {live.tag}, which is in production", mend=MEND)
    elif told is not None and told != own:
        words = f"{live.tag} in Ollama is {own[:12]}, the journal says {told[:12]}"
        fault = Fault(what=words, mend=f"`ollama rm {live.tag}`, then {MEND}")
    else:
        fault = None
    yield Finding(f"{live.tag} in Ollama", fault)
    for tag in live_tags(config):
        if there.get(tag) != (told or own):
            is_there = f"another model, {there[tag][:12]}" if tag in there else "missing"
            yield Finding(tag, Fault(what=f"{tag} in Ollama is {is_there}, not {live.run_id}", mend=MEND))


def _way_back(config: PipelineConfig, before: Entry, found: str | None) -> Iterator[Finding]:
    """What a rollback would need: a model that cannot be restored any more is worth knowing before."""
    lost = [str(path) for path in missing_files(folder_of(config, before))]
    gone = found is not None and before.tag is not None and before.tag not in tags(address(config))
    if lost and gone:
        told = f"{before.run_id}, to which a rollback would lead, has neither its files nor its tag any more"
        yield Finding(before.run_id, Fault(what=told, mend="put them back from a backup"))
    else:
        yield Finding(f"a rollback leads to {before.run_id}")
