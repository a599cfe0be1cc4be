"""Reading how a court decided: each phrase that tells an outcome, and how much it may be trusted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nyay_lib.law import outcome_words as words
from nyay_lib.law.outcome_matters import decides_what_moved, is_beside_the_point

OPERATIVE, PAST, WEAK = 1, 2, 3
_REACH, _NEAR, _AFTER = 170, 70, 160
_LONGEST_ABBREVIATION = 5
_OF_A_PERSON = ("convicted", "acquitted", "found", "held")


@dataclass(frozen=True, slots=True)
class Finding:
    """One phrase that tells an outcome: its label, how plain it is (operative, past tense, weak), and its matter.

    ``moved`` where it is said of the appeal or petition, and not of the suit that this is about; ``court`` is "high" or
    "upper" where the sentence names who decided.
    """

    label: str
    plainness: int
    phrase: str
    matter: str | None
    moved: bool = False
    court: str = ""


@dataclass(slots=True)
class _Clause:
    """What has been said so far in the sentence that takes force from what follows."""

    begins: int = 0
    marks: set[str] = field(default_factory=set[str])
    plainness: int | None = None  # of the last finding: "allowed the petition and quashed the FIR"


def findings(text: str) -> Iterator[Finding]:
    """Every outcome that `text` (lower case, white space collapsed, line feeds between paragraphs) tells, in order.

    History, argument, conditionals, negations and pending applications are left out: the reference grammar, section 5.
    """
    clause = _Clause()
    matter: str | None = None
    for event in words.EVENT.finditer(text):
        kind = words.EVENT_OF[event.lastgroup or ""][0]
        if kind == "matter":
            if not words.RECORD_BEFORE.search(text, max(clause.begins, event.start() - 60), event.start()):
                matter = _matter(event)
        elif kind in words.TELLING:
            finding = _finding(text, event, clause, matter)
            clause.marks.discard("beside")
            if finding:
                if kind != "deed":  # "we set aside the judgment and remand": the court is still the subject
                    clause.begins, clause.plainness = event.end(), finding.plainness
                yield finding
        else:
            _follow(clause, kind, event)


def _matter(event: re.Match[str]) -> str:
    kind = "application" if "application" in event[0] else "matter"
    return f"{kind} {'/'.join(words.FIGURES.findall(event[0]))}"


def _follow(clause: _Clause, kind: str, event: re.Match[str]) -> None:
    start = event.start()
    if kind == "stop" and event[0][0] == "." and _is_abbreviated(event.string, start):
        return
    if kind == "turn" and words.ADVERB_OF_COURT.search(event.string, max(0, start - 6), start):
        return  # "we accordingly allow"
    if kind in ("stop", "turn"):
        kept = {"precedent"} if kind == "turn" else set[str]()  # what another case decided fills its sentence
        is_word = kind == "turn" and event[0][0].isalpha()
        is_inserted = is_word and words.INSERTED.search(event.string, max(0, start - 8), start)
        clause.begins = clause.begins if is_inserted else event.end()  # the subject of "is, therefore, rejected"
        clause.marks, clause.plainness = clause.marks & kept, None
    elif kind == "comma":
        clause.marks -= {"relative", "circumstance"}
    elif kind == "court":
        clause.marks -= {"argued", "lower"}
    elif kind != "lower" or not words.LED_BY.search(event.string, max(0, start - 6), start):
        clause.marks.add(kind)


def _is_abbreviated(text: str, dot: int) -> bool:
    """Whether the word before the dot is cut short (`no.`, `crl.`) or an initial, so that no sentence ends there."""
    word = words.WORD_AT_END.search(text, max(0, dot - _LONGEST_ABBREVIATION - 1), dot)
    return bool(word) and (word[0] in words.ABBREVIATIONS or (len(word[0]) == 1 and "a" <= word[0] <= "z"))


def _finding(text: str, event: re.Match[str], clause: _Clause, matter: str | None) -> Finding | None:
    form, label = words.EVENT_OF[event.lastgroup or ""]
    if clause.marks & {"argued_that", "condition", "circumstance"}:
        return None
    if "beside" in clause.marks and event[0] != "made absolute":
        return None  # a pending application, not the matter
    before = text[max(clause.begins, event.start() - _REACH) : event.start()]
    after = text[event.end() : event.end() + _AFTER]
    plainness = _plainness(form, event[0], before, after, clause)
    if plainness is None or is_beside_the_point(event[0], before, after):
        return None
    if form == "weak":
        label = next((label for subject, label in words.WEAK_LABELS[int(label)] if subject.search(before)), None)
    elif event[0] == words.HINDI_CANCELLED:
        label = _cancelled(before)
    if not label:
        return None
    near = before[-_NEAR:]
    court = "high" if words.HIGH_COURT.search(near) else "upper" if words.UPPER_COURT.search(near) else ""
    phrase = before[-60:] + event[0]
    by_court = court or before.endswith(" and ") or words.BY_COURT.search(near)
    is_active = bool(by_court and form in ("participle", "plain") and words.OBJECT.match(after))
    moved = decides_what_moved(is_active, phrase, after)
    return Finding(label, plainness, phrase, matter, moved, court)


def _cancelled(before: str) -> str:
    """`निरस्त` quashes an order or a first information report, and dismisses an appeal or an application."""
    matter = max((match.start() for match in words.HINDI_MATTER.finditer(before)), default=-1)
    record = max((match.start() for match in words.HINDI_RECORD.finditer(before)), default=-1)
    return "dismissed" if matter > record else "quashed"


def _plainness(form: str, phrase: str, whole: str, after: str, clause: _Clause) -> int | None:
    marks, before = clause.marks, whole[-_NEAR:]
    if form == "hindi":
        return _hindi_plainness(after, marks)
    if form != "verb" and words.says_nothing(before):
        return _plainness_alone(form, phrase, after, marks)
    if form == "weak" and not words.PRESENT.search(before):
        return None
    if form in ("weak", "remark"):
        return None if marks & {"argued", "lower"} or words.NEGATED.search(before) else WEAK
    if form == "deed":
        is_done = words.BY_COURT.search(before) and not words.BEFORE_THAT.search(before)
        return _past_or_active(WEAK, after, marks) if is_done else None
    if (words.NEGATED.search(before) and "not guilty" not in phrase) or words.BEFORE_THAT.search(before):
        return None
    if form == "plain":
        return OPERATIVE if _is_done_by_the_court(before, after, clause) else None
    if form == "gerund":  # "upheld the conviction, dismissing the appeal"
        is_told = words.GERUND.search(before) or (words.LEADING.match(whole) and words.COURT_BEHIND.match(after))
        return _past_or_active(OPERATIVE, after, marks) if is_told else None
    if form == "verb":
        return _past_or_active(OPERATIVE, after, marks)
    if words.PRESENT.search(before) or (phrase.startswith(("rule", "notice")) and "was" not in phrase):
        return None if phrase.startswith(_OF_A_PERSON) and _is_of_another_day(after, marks) else OPERATIVE
    if words.LET.search(whole):
        return OPERATIVE
    if words.RIGHTLY.search(before):  # "the High Court rightly convicted him"
        return None
    if words.DUE.search(before):
        return None if "argued" in marks else WEAK
    if words.SUPPOSED.search(before):
        return None
    if words.PAST.search(before):
        return _past_or_active(PAST, after, marks)
    if words.BY_COURT.search(before) or words.BARE.search(before) or words.SUBJECT.search(before):
        return _past_or_active(OPERATIVE, after, marks)
    if words.COURT_AND.search(before):  # "the court set aside the conviction and acquitted him"
        return _past_or_active(OPERATIVE, after, marks)
    joined = clause.plainness if words.AND_AFTER_VERB.search(before) else None
    return _past_or_active(joined or WEAK, after, marks)


def _plainness_alone(form: str, phrase: str, after: str, marks: set[str]) -> int | None:
    """The same where no word just before the phrase has a say."""
    if form == "remark":
        return None if marks & {"argued", "lower"} else WEAK
    if form != "participle":
        return None
    if phrase.startswith(("rule", "notice")) and "was" not in phrase:
        return OPERATIVE
    return _past_or_active(WEAK, after, marks)


def _is_of_another_day(after: str, marks: set[str]) -> bool:
    """Whether a person was convicted or acquitted by the court below: "who stands convicted by the Special Judge"."""
    told = words.BY_LOWER_COURT.match(after) or words.BY_EARLIER_JUDGMENT.match(after)
    return bool(told or "relative" in marks)


def _is_done_by_the_court(before: str, after: str, clause: _Clause) -> bool:
    """Whether an infinitive has the court for its subject: "we dismiss it", "we set aside the order and remand it"."""
    if words.PLAIN_SUBJECT.search(before):
        return True
    is_joined = clause.plainness == OPERATIVE and words.AND_AFTER_VERB.search(before)
    return bool((is_joined or words.WE_AND.search(before)) and words.OBJECT.match(after))


def _past_or_active(plainness: int, after: str, marks: set[str]) -> int | None:
    """A past tense or active voice is history if a lower court, a relative or an earlier day governs it."""
    if marks & {"lower", "relative", "earlier"} or words.BY_LOWER_COURT.match(after):
        return None
    if "argued" in marks and plainness == WEAK:
        return None
    return WEAK if "precedent" in marks else plainness


def _hindi_plainness(after: str, marks: set[str]) -> int | None:
    if words.HINDI_BEFORE_THAT.match(after) or words.HINDI_SUPPOSED.match(after):
        return None
    if not words.HINDI_PAST.match(after):
        return OPERATIVE
    return None if "lower" in marks else PAST
