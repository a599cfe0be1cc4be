"""Answers that teach the wrong thing: too short, declining, going round in circles, or ticking a box."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from nyay_lib.data.checks import tables
from nyay_lib.data.checks.passages import STRAIGHT, shown
from nyay_lib.data.records import Record
from nyay_lib.law.patterns import lazily
from nyay_lib.law.statutes import acts

FEWEST_WORDS = 20
MOST_REPEATED = 0.3
# A longer answer is over any token budget; what repeats in it does so at its head.
MOST_WORDS = 4000
_BASE, _PRIME = 1_000_003, (1 << 61) - 1
LONGEST_PHRASE = 200
# How often a phrase of so many words must stand before it is more than the way of lawyers: two parties with long names
# or an act with a long one come twice in a short answer, a whole sentence does not.
FEWEST_TIMES = ((3, 4), (19, 3), (LONGEST_PHRASE, 2))

_REFUSALS: dict[str, Any] = tables.load("refusals")
_EXAM: dict[str, Any] = tables.load("exam_style")

_START = r"(?:^|(?<=[.!?।\n])|(?<=[.!?।] )|(?<=\n[-*>] ))[ \t>*#_\-\"']{0,4}"
_CLAUSE = (
    r"(?:^|(?<=[.!?।\n,;])|(?<=[.!?।,;] )|(?<=\n[-*>] ))[ \t>*#_\-\"']{0,4}"
    r"(?:and |so |but |hence |thus |therefore |then ){0,2}"
)
_LONG_ACTS = tables.either([re.escape(act.title.lower()) for act in acts().values() if act.title.count(" ") > 4])
_BREAKS = lazily(r"[\s.,;:!?।|/\\()\[\]{}\"'*#—–\-]+")
_QUOTED = lazily(r'"[^"\n]{1,400}"|(?<![\w.])\'[^\'\n]{1,200}\'(?!\w)')

_REFUSAL_OPENING = tables.either(_REFUSALS["opening"])
_REFUSAL_MACHINE = tables.either(_REFUSALS["machine"])
_REFUSAL_SENTENCE = lazily(
    f"{_CLAUSE}{_REFUSALS['unwilling']}(?:{'|'.join(_REFUSALS['acts'])})"
    f"|{_START}{_REFUSALS['regret']}(?:{_REFUSALS['unwilling']}(?:{'|'.join(_REFUSALS['acts'])})"
    f"|{'|'.join(_REFUSALS['sentences'])})"
)
_EXAM_SENTENCE = lazily(f"{_START}(?:{'|'.join(_EXAM['sentences'])})")
_EXAM_ANYWHERE = tables.either(_EXAM["anywhere"])
_ABOUT_EXAMS = lazily(_EXAM["about_exams"])


def short_output(record: Record) -> str | None:
    """An answer of fewer than 20 words: what is left of one, or a verdict without a reason."""
    count = sum(any(letter.isalnum() for letter in word) for word in record.output.split()[: 10 * FEWEST_WORDS])
    return f"output has {count} words, fewer than {FEWEST_WORDS}" if count < FEWEST_WORDS else None


def refusal(record: Record) -> str | None:
    """An answer in which a machine declines, or speaks of itself."""
    text = record.output.translate(STRAIGHT).lower().strip()
    unquoted = _QUOTED.sub(" ", text)
    found = (
        _REFUSAL_OPENING.match(text.lstrip("\"'*#_ "))
        or _REFUSAL_MACHINE.search(unquoted)
        or _REFUSAL_SENTENCE.search(unquoted)
    )
    return f"output declines to answer: {shown(found[0])}" if found else None


def repetition(record: Record) -> str | None:
    """An answer of which one n-gram covers more than 30 %; the long name of an act counts as one word."""
    text = _LONG_ACTS.sub("act", record.output.lower())
    words = [word for word in _BREAKS.split(text) if word][:MOST_WORDS]
    phrases = _Phrases(words)
    for length, fewest in phrases.lengths() if len(words) > 1 else ():
        phrase, share = phrases.most_repeated(length, fewest)
        if share > MOST_REPEATED:
            return f"{shown(phrase)} covers {share:.0%} of the output"
    return None


def exam_style(record: Record) -> str | None:
    """An answer that ticks a box: `The best answer is (B)`. It teaches one-word answers."""
    text = record.output.translate(STRAIGHT).lower().strip()
    found = _EXAM_SENTENCE.match(text)
    if found is None:
        found = _EXAM_SENTENCE.search(text) or _EXAM_ANYWHERE.search(text)
        if found is None or _ABOUT_EXAMS.search(record.input.lower()):
            return None
    return f"output is in the style of an examination: {shown(found[0])}"


class _Phrases:
    """The phrases of a text by their hashes: a phrase of any length costs the same."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.sums, self.powers = [0], [1]
        for word in words:
            self.sums.append((self.sums[-1] * _BASE + hash(word)) % _PRIME)
            self.powers.append(self.powers[-1] * _BASE % _PRIME)

    def of(self, length: int) -> list[int]:
        """The hash of each phrase of ``length`` words, by its place."""
        sums, power = self.sums, self.powers[length]
        return [(sums[n + length] - sums[n] * power) % _PRIME for n in range(len(self.words) - length + 1)]

    def lengths(self) -> Iterator[tuple[int, int]]:
        """Lengths of phrases worth counting, each with the fewest times that they must stand."""
        longest = min(LONGEST_PHRASE, len(self.words) // 2)
        lengths = [1, 2, 3]
        if self.share_in_repeats(4) > MOST_REPEATED:  # seldom: a longer phrase repeats all its fours
            lengths += [*range(4, 16), *range(16, 40, 2), *range(40, LONGEST_PHRASE + 1, 8)]
        for length in lengths:
            if length <= longest:
                yield length, next(times for most, times in FEWEST_TIMES if length <= most)

    def share_in_repeats(self, length: int) -> float:
        """Share of the words that stand in any phrase of ``length`` words that comes more than once."""
        phrases = self.of(length)
        counts = Counter(phrases)
        return _covered([n for n, phrase in enumerate(phrases) if counts[phrase] > 1], length) / len(self.words)

    def most_repeated(self, length: int, fewest: int) -> tuple[str, float]:
        """The commonest phrase of ``length`` words if it stands at least ``fewest`` times, and the share it covers."""
        phrases = self.of(length)
        [(phrase, _)] = Counter(phrases).most_common(1)
        places = [n for n, other in enumerate(phrases) if other == phrase]
        covered = _covered(places, length)  # overlapping ones count once
        text = " ".join(self.words[places[0] : places[0] + length])
        return text, covered / len(self.words) if covered // length >= fewest else 0.0


def _covered(places: Sequence[int], length: int) -> int:
    """Number of words under phrases that begin at ``places``, in order."""
    covered, end = 0, 0
    for place in places:
        covered += place + length - max(place, end)
        end = place + length
    return covered
