"""Text made uniform before anything is read from it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from nyay_lib.law.reference import Mention

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032`\u00b4"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SAME_CHARACTER = str.maketrans(
    {
        **{chr(0x0966 + digit): str(digit) for digit in range(10)},
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_SINGLE_QUOTES, "'"),
        **dict.fromkeys(_DOUBLE_QUOTES, '"'),
        **dict.fromkeys(_INVISIBLE, ""),
        "\u0970": ".",  # the Devanagari abbreviation sign
        "\u0130": "I",  # the one letter that grows when lowered, which would shift every position
    }
)
# Sorting a run of combining marks takes quadratic time, so the work is bounded piece by piece.
_PIECE = re.compile(r"[^\n]{1,64}(?:\s|$)|[\s\S]{1,64}")
_HINDI_SUFFIX = re.compile(r"(?<=\d)(?:-?(क|ख|ग|घ|ए|बी|सी|डी)|-(ई|एफ|जी|एच|आई|जे|एल|एम|एन|ओ|पी))(?![\u0900-\u097f])")
_ZERO_DOT = re.compile(r"(?<=[\u0900-\u0963\u0970-\u097f])0(?![0-9])")  # भा0दं0सं0, as the police of the north abbreviate
_HINDI_CLAUSE = re.compile(
    r"(?<=[\d)])(\s{0,3}(?:[,&]|एवं|और|तथा|व|या)?\s{0,3}\( ?)([\u0905-\u0939][\u0900-\u097f]{0,5})(?= ?\))"
)
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
# What clauses are called in Hindi: by the English letters' names, and as Hindi acts letter them.
_LETTERS = (
    "ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई जेड",
    "क ख ग घ ङ च छ ज झ ञ ट ठ ड ढ",
)
_LATIN_CLAUSE = {name: chr(97 + place) for row in _LETTERS for place, name in enumerate(row.split())}
# As a suffix the fourth is घ: no act has an ङ.
_LATIN_SUFFIX = {name: letter.upper() for name, letter in (_LATIN_CLAUSE | {"घ": "d"}).items()}
_LINE_HYPHEN = re.compile(r"(?<=\w)-[ \t]{0,20}\r?\n\s{0,20}(?=\w)")
_CODE_AHEAD = re.compile(r"[A-Z]{1,6}[:/]\d")
# Emphasis in Markdown: of asterisks at the edge of a word only, that 5*4 stays.
_EMPHASIS = re.compile(
    r"\*(?:(?<!\w.)\*{0,2}(?=[\w\u00a7\"'(])|\*{0,2}(?!\w))"
    r"|_(?:(?<![a-zA-Z0-9].)_?(?=[a-zA-Z])|_?(?![a-zA-Z0-9_]))"
)
# An em dash without blanks parts words, but not the numbers of a range: "the offence—IPC Section 302—is".
_PARTING_DASH = re.compile(r"(?<=[^\W\d_])\u2014(?=[^\W\d_])|(?<=[\d)])\u2014(?=[a-z]{2}|[A-Z][a-z])")
_BLANK_LINE = re.compile(r"\n[ \t\r\f\v]*\n\s*")

MASK = "\u00a6"


@dataclass(frozen=True, slots=True)
class NormalText:
    """One text in three spellings of equal length, so that a position means the same in each.

    `paragraphs` keeps a line feed where a blank line stood, `cased` has a blank there, `lower` is `cased` lowered.
    """

    paragraphs: str
    cased: str
    lower: str

    def without(self, mentions: Iterable[Mention]) -> "NormalText":
        """The same text with the mentions' characters masked, so that no other kind reads them again.

        The mentions must be in order, and apart or of the same span.
        """
        masked = _masked(self.paragraphs, mentions)
        return self if masked == self.paragraphs else _spellings(masked)


def normalise(text: str) -> NormalText:
    """The uniform text with white space collapsed, a line break being a blank.

    Source: the reference grammar, section 1. Takes linear time and never raises.
    """
    return _spellings("\n".join(" ".join(part.split()) for part in _BLANK_LINE.split(_plain(uniform(text)))))


def _plain(text: str) -> str:
    return _EMPHASIS.sub("", text) if "*" in text or "_" in text else text


def uniform(text: str) -> str:
    """Composed text (NFC), Devanagari digits in ASCII, one kind of quote and dash, words broken over lines joined."""
    if not text.isascii():
        text = _PARTING_DASH.sub(" - ", _compose(text)).translate(_SAME_CHARACTER)
    if not text.isascii() and _DEVANAGARI.search(text):
        text = _HINDI_CLAUSE.sub(lambda match: match[1] + _LATIN_CLAUSE.get(match[2], match[2]), text)
        text = _ZERO_DOT.sub(".", _HINDI_SUFFIX.sub(lambda match: _LATIN_SUFFIX[match[1] or match[2]], text))
    return _LINE_HYPHEN.sub(_join_or_keep, text.replace("`", "'"))


def _compose(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", piece[0]) for piece in _PIECE.finditer(text))


def _join_or_keep(match: re.Match[str]) -> str:
    before, after = match.string[match.start() - 1], match.string[match.end()]
    if before.islower() and after.islower():
        return ""
    if before.isupper() and after.isupper() and not _CODE_AHEAD.match(match.string, match.end()):
        return ""
    return "-"  # 304-B, 465-468, PW-34: this hyphen is part of what is written


def _spellings(paragraphs: str) -> NormalText:
    cased = paragraphs.replace("\n", " ")
    return NormalText(paragraphs, cased, cased.lower())


def _masked(text: str, mentions: Iterable[Mention]) -> str:
    parts: list[str] = []
    last = position = 0
    for start, end, _, _ in mentions:
        if start == last and end == position:
            continue
        if start > position:
            parts.append(text[position:start])
        parts.append(MASK * (end - start))
        last, position = start, end
    parts.append(text[position:])
    return "".join(parts)
