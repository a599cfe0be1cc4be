"""The text of a judgment: its heading and its numbered paragraphs."""

from collections.abc import Iterator
from typing import NamedTuple

from data.sample.generator import people
from data.sample.generator.languages import Language, Subject
from data.sample.generator.outcomes import POLARITY
from data.sample.generator.statutes import cite_statute
from data.sample.generator.writer import Writer

MARK = "[Fictional judgment, written as sample data. Not a decision of any court.]"
BENCHES = (
    "Coram: {judge}, J.",
    "Before: Hon'ble Justice {judge}",
    "HON'BLE JUSTICE {judge}",
    "Present: Justice {judge}",
)
CLOSINGS = (
    "Pending applications, if any, stand disposed of.",
    "There shall be no order as to costs.",
    "The record shall be sent back forthwith.",
    "All pending miscellaneous applications stand disposed of accordingly; no costs.",
    "A copy of this judgment shall be sent to the court below.",
)
FIXED_WORDS = 330  # about what heading, facts, reasons and order take
# Of the other words, the share of each pool.
SHARES = {"facts": 0.11, "steps": 0.03, "submit": 0.17, "evidence": 0.34, "law": 0.16, "reason": 0.19}


class Paragraph(NamedTuple):
    """A paragraph; on a filler no answer depends."""

    text: str
    filler: bool = False


def heading(writer: Writer, court: str) -> list[Paragraph]:
    """Mark, court, number, judges, parties and date, in one of several orders, and the title."""
    chance, facts, hindi = writer.chance, writer.facts, writer.language.hindi
    bench = _bench(writer)
    versus = "विरुद्ध" if hindi else chance.pick(("Versus", "versus", "Vs.", "- Versus -", "And"))
    dots = chance.pick((" ... ", " .... ", "\n...", " - "))
    parties = f"{facts['petname']}{dots}{facts['Pet']}\n\n{versus}\n\n{facts['respname']}{dots}{facts['Resp']}"
    day = f"{'दिनांक:' if hindi else chance.pick(('Date:', 'Dated', 'Decided on', 'Pronounced on'))} {facts['d3']}"
    title = chance.pick(("आदेश", "निर्णय") if hindi else ("JUDGMENT", "ORDER", "JUDGMENT AND ORDER", "ORAL JUDGMENT"))
    number = facts["caseno"]
    orders = ((number, bench, parties, day), (bench, day, number, parties), (number, parties, bench, day))
    return [Paragraph(text) for text in (MARK, court, *chance.pick(orders), title)]


def _bench(writer: Writer) -> str:
    judge = people.judge(writer.chance, writer.region)
    return f"समक्ष: न्यायमूर्ति {judge}" if writer.language.hindi else writer.chance.pick(BENCHES).format(judge=judge)


def body(writer: Writer, subject: Subject, outcome: str, words: int) -> Iterator[Paragraph]:
    """The numbered paragraphs. What answers depend on always stands; the rest fills up to about ``words``."""
    for number, (text, filler) in enumerate(_paragraphs(writer, subject, outcome, words), 1):
        yield Paragraph(f"{number}. {text}", filler)


def _paragraphs(writer: Writer, subject: Subject, outcome: str, words: int) -> Iterator[Paragraph]:
    """The same without numbers; the facts ``laws``, ``why1`` to ``why3`` and ``cite`` become known on the way."""
    start = [Paragraph(writer.sentence(name, subject.pools[name])) for name in ("opening", "core")]
    writer.facts["laws"] = _laws(list(writer.statutes), writer.language)
    whys = _whys(writer, subject, outcome)
    writer.facts |= {f"why{n}": why for n, why in enumerate(whys, 1)}
    room = _room(writer, words)
    yield from start
    for name in ("facts", "steps", "submit"):
        yield from _fillers(writer, name, room[name])
    yield from _fillers(writer, subject.evidence, room["evidence"])
    yield _guide(writer)
    yield from _fillers(writer, "law", room["law"])
    yield _reason(writer, whys[0])
    yield from _fillers(writer, "reason", room["reason"])
    yield from (_reason(writer, why) for why in whys[1:])
    yield Paragraph(_order(writer, subject, outcome))


def _guide(writer: Writer) -> Paragraph:
    """The decision that guides the court, which answers name."""
    writer.facts["cite"] = writer.new_precedent()
    return Paragraph(writer.finish(writer.write(writer.chance.pick(writer.language.pools["guides"]))))


def _reason(writer: Writer, why: str) -> Paragraph:
    return Paragraph(writer.finish(f"{writer.slot('find')} {'कि' if writer.language.hindi else 'that'} {why}"))


def _room(writer: Writer, words: int) -> dict[str, int]:
    """The words for each pool, more or fewer from case to case."""
    room = max(0, words - FIXED_WORDS)
    return {name: int(room * share * (0.7 + 0.6 * writer.chance.random())) for name, share in SHARES.items()}


def _fillers(writer: Writer, pool: str, words: int) -> Iterator[Paragraph]:
    """Paragraphs of two to five sentences until about ``words`` are written."""
    nodes = writer.language.pools[pool]
    written = 0
    while words - written > 50:  # half a paragraph
        text = " ".join(writer.sentence(pool, nodes) for _ in range(writer.chance.whole(2, 5)))
        written += text.count(" ") + 1
        yield Paragraph(text, filler=True)


def _laws(statutes: list[str], language: Language) -> str:
    """The provisions of the first paragraphs, each Act once."""
    acts: dict[str, list[str]] = {}
    for canonical in statutes:
        key, section = canonical.split(":", 1)
        acts.setdefault(f"{key}/{section[:3] if section[:3] == 'ART' else ''}", []).append(section)
    laws = list(acts.items())[:3]
    return "; ".join(
        cite_statute(key.split("/")[0], sections, hindi=language.hindi, turn=0.6) for key, sections in laws
    )


def _whys(writer: Writer, subject: Subject, outcome: str) -> list[str]:
    """Three reasons that carry the outcome; they stand in the judgment and in the answers in the same words."""
    chance, pools, side = writer.chance, subject.pools, POLARITY[outcome]
    if side in ("for", "against"):
        nodes = chance.sample(pools[side], 3)
    elif outcome == "partly_allowed":
        nodes = [*chance.sample(pools["for"], 2), chance.pick(pools["against"])]
    else:
        nodes = chance.sample(writer.language.neither[outcome], 3)
    return [" ".join(writer.write(node).split()) for node in nodes]


def _order(writer: Writer, subject: Subject, outcome: str) -> str:
    """The operative order, with relief where the subject has one."""
    text = writer.finish(writer.write(writer.language.decisions[outcome]))
    if relief := subject.pools.get(f"relief_{outcome}"):
        text += f" {writer.sentence('relief', relief)}"
    if not writer.language.hindi and writer.chance.random() < 0.3:
        text += f" {writer.chance.pick(CLOSINGS)}"
    return text
