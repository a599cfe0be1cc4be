"""Letters that are not what they were: read in the wrong encoding, typed in an old font, misread by a scanner."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from typing import Any
from unicodedata import category

from nyay_lib.data.checks import tables
from nyay_lib.data.records import Record

_TABLE: dict[str, Any] = tables.load("encoding")

# What bytes 0x80 to 0xBF look like where UTF-8 is taken for Windows-1252 or Latin-1.
_TRAIL = "".join(
    dict.fromkeys(c for n in range(0x80, 0xC0) for c in (bytes([n]).decode("cp1252", "ignore") + chr(n))),
).replace("]", r"\]")
_SEQUENCE = re.compile(f"[\u00c2-\u00df][{_TRAIL}]|[\u00e0-\u00ef][{_TRAIL}]{{2}}|[\u00f0-\u00f4][{_TRAIL}]{{3}}")
_LOOKS = tables.either(_TABLE["mojibake"])
_ASCII_LOOKS = re.compile(r"=[0-9A-F]{2}=|\\u[0-9a-fA-F]{4}\\|#x?[0-9a-fA-F]{2,6};|\\x[0-9a-fA-F]{2}\\")
_BROKEN = tables.either(_TABLE["broken"])
# The replacement character, control characters of both sets, and words of question marks.
_LOST = re.compile("[\ufffd\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_QUESTIONS = re.compile(r"(?:(?<!\S)\?{2,}[.,।]?(?:\s+|$)){3}")
_ANY_HIGH = re.compile("[\u00a1-\u00ff\u0152\u0153\u0160\u0161\u0178\u0192]")
_FEWEST_IN_SEQUENCES, _MANY_HIGH = 0.35, 12
_FEWEST_IN_JUDGMENT = 2  # one letter may be shown, or lost

_LEGACY = {word: font for font, words in _TABLE["legacy_words"].items() for word in words.split()}
_LEGACY_WORDS, _LEGACY_REACH, _LEGACY_DISTINCT = 7, 60, 4  # so many within so many words
_HIGH = re.compile("[\u00c0-\u00ff\u0152\u0153\u0160\u0161\u0178\u0192]")
_HIGH_LETTERS, _HIGH_REACH = 22, 160  # more than any language of Europe has

_OCR: dict[str, str] = _TABLE["ocr"]
_CONFUSED, _SHORT, _COMMON = (frozenset(_OCR[name].split()) for name in ("confused", "short", "common"))
_EDGES = ".,;:!?()[]{}\"'“”‘’-–—…*।/|"
_PLAIN_MARKS = frozenset((*"-–—&|*=+:;/%₹•●“”\"'.,()§#>…।", "**", "##", "###", "--", "---", "___"))
_DOTS = re.compile(r"[.…_\-=*|:~#+—–]{2,}")
_INSIDE = re.compile(
    r"[a-z]+[0-9]+[a-z]+|[0158][a-z]{3,}|[a-z]{3,}[015](?![0-9])"  # c0urt, 1earned, appea1
    r"|[A-Za-z]+[~^|\\{}<>_=¢£¥«»¬¶©®¦□■*#%$@!¡¿`´¸+][~^|\\{}<>_=¢£¥«»¬¶©®¦□■*#%$@!¡¿`´¸.,:;+]*[a-z]+"
    r"|[A-Za-z]?[a-z]+[.,:;'\"]+[a-z]{1,}(?<!'s)(?<!'t)(?<!'ble)(?<!'d)(?<!'ll)(?<!'re)(?<!'ve)(?<!'m)"
    r"|[a-z]+[A-Z]+[a-z]+"
    r"|[\u0900-\u097f]+[A-Za-z0-9~^|\\{}<>_=¢£¥«»¬¶©®¦□■*#%$@!¡¿`´¸]+[\u0900-\u097f]+"
    r"|[\u0901-\u0903\u093e-\u094d][\u0900-\u097f]*|[\u0900-\u097f]*(?:[\u093e-\u094c]{2}|\u094d\u094d)[\u0900-\u097f]*"
)
_SPECKED_END = re.compile(
    r"[~^|\\{}<>=¢£¥«»¬¶©®¦□■¡¿`´¸°·¤]{1,4}[A-Za-z\u0900-\u097f]{2,}|[A-Za-z\u0900-\u097f,.]*[a-z\u0900-\u097f][.,;]?"
    r"(?:[~^|\\{}<>=¢£¥«»¬¶©®¦□■¡¿`´¸°·¤•*#_]{2,}|[~^|\\{}<>=¢£¥«»¬¶©®¦□■¡¿`´¸°·¤])"
)
_WRITTEN = ".,;:/-()'\"’‘“”–—"
_ADDRESS = re.compile(r"https?:|www\.|\S@\S|\.(?:com|in|org|gov|nic|pdf|html?)\b")
_GOOD: set[str] = set()  # words that were looked at and are no junk
_MOST_GOOD = 1 << 15
_VOWELLESS = re.compile(r"[bcdfghjklmnpqrstvwxz]{3,}")
_SPACED = re.compile(r"(?<!\S)\w(?:[ \t]{1,3}\w){4,}(?!\S)")
_MOST_JUNK, _MOST_JUNK_IN_STRETCH, _STRETCH = 0.04, 0.25, 120  # shares of words; a stretch in words
_FEWEST_COMMON, _ENOUGH_WORDS = 0.1, 120
_FEWEST_WORDS = 5  # of fewer nothing can be said


def mojibake(record: Record) -> str | None:
    """Letters read in the wrong encoding: `â€™` for an apostrophe, `à¤¨` for Hindi, U+FFFD for what was lost."""
    for name, text in (("instruction", record.instruction), ("input", record.input), ("output", record.output)):
        fewest = _FEWEST_IN_JUDGMENT if name == "input" else 1
        if len(found := _wrong_letters(text, fewest)) >= fewest:
            return f"{name} holds letters of a wrong encoding: {' '.join(map(repr, found[:3]))}"
    return None


def legacy_font(record: Record) -> str | None:
    """Hindi typed for an old font such as Kruti Dev or Chanakya: without the font it is no language."""
    for name, text in (("instruction", record.instruction), ("input", record.input), ("output", record.output)):
        if found := _old_font(text):
            return f"{name} is in {found}"
    return None


def ocr_junk(record: Record) -> str | None:
    """A scan that was badly read: broken words, specks, figures among letters."""
    for name, text in (("input", record.input), ("output", record.output)):
        if found := _badly_read(text):
            return f"{name} is badly read: {found}"
    return None


# Rows of a case stand together, and share their judgment.
@lru_cache(maxsize=8)
def _badly_read(text: str) -> str | None:
    counts = _word_counts(text)
    junk = _junk(counts.keys())
    share = _share_of(junk, counts) + _spaced_letters(text, counts) / max(1, counts.total())
    if counts.total() < _FEWEST_WORDS:
        return None
    if share > _MOST_JUNK or (share > _MOST_JUNK / 4 and _has_bad_stretch(text.split(), junk)):
        return f"{share:.0%} broken words such as {' '.join(sorted(junk)[:4])!r:.80}"
    return "it has hardly any common word" if _is_short_of_common_words(counts) else None


@lru_cache(maxsize=8)
def _old_font(text: str) -> str | None:
    return _legacy_words(text) or _high_letters(text)


def _share_of(junk: set[str], counts: Counter[str]) -> float:
    """Share of the junk by words or by letters, whichever is more: specks in a row make one long word."""
    if not junk:
        return 0.0
    letters = sum(len(word) * count for word, count in counts.items())
    in_junk = sum(len(word) * counts[word] for word in junk)
    return max(sum(counts[word] for word in junk) / max(1, counts.total()), in_junk / max(1, letters))


@lru_cache(maxsize=8)
def _wrong_letters(text: str, enough: int) -> list[str]:
    return list(_signs_of_encoding(text, enough))


def _signs_of_encoding(text: str, enough: int) -> Iterator[str]:
    """Signs of a wrong encoding; a half sign counts only beside another."""
    if text.isascii():
        if "=" in text or "\\" in text or "#" in text:
            yield from (match[0] for match in _LOOKS.finditer(text) if _ASCII_LOOKS.search(text))
        yield from _lost(text)
        return
    sequences = [match[0] for match in _SEQUENCE.finditer(text) if _is_decodable(match[0])]
    by_chance = _is_mostly_other(text, sequences)
    whole = [*([] if by_chance else sequences), *(match[0] for match in _LOOKS.finditer(text)), *_lost(text)]
    yield from whole
    if len(whole) < enough and not by_chance:
        broken = [match[0] for match in _BROKEN.finditer(text)]
        if len(broken) > 1:
            yield from broken


def _is_mostly_other(text: str, sequences: Sequence[str]) -> bool:
    """Whether such letters mostly stand outside of the sequences: text of an old font is full of them."""
    letters = len(_ANY_HIGH.findall(text))
    return letters > _MANY_HIGH and sum(map(len, sequences)) < _FEWEST_IN_SEQUENCES * letters


def _lost(text: str) -> list[str]:
    """Letters that nothing can bring back; three words of question marks count as many times as it takes, and so does
    U+0000, at which half of the programs that read a text end it."""
    found = [letter for match in _LOST.finditer(text) for letter in match[0] * (2 if match[0] == "\0" else 1)]
    return found + [match[0] for match in _QUESTIONS.finditer(text) for _ in "12"] if "??" in text else found


def _is_decodable(sequence: str) -> bool:
    """Whether the bytes that look so are UTF-8 for a letter or mark that such texts have."""
    data = b"".join(letter.encode("latin-1") if ord(letter) < 256 else letter.encode("cp1252") for letter in sequence)
    try:
        point = ord(data.decode())
    except UnicodeDecodeError:
        return False
    return point < 0x0250 or 0x0900 <= point < 0x0E00 or 0x2000 <= point < 0x2800 or point >= 0xFB00


@lru_cache(maxsize=4)
def _word_counts(text: str) -> Counter[str]:
    """Each word and how often it stands; two checks in turn ask for the same text."""
    return Counter(text.split())


def _legacy_words(text: str) -> str | None:
    counts = _word_counts(text)
    known = counts.keys() & _LEGACY.keys()
    if len(known) < _LEGACY_DISTINCT or sum(counts[word] for word in known) < _LEGACY_WORDS:
        return None
    words = text.split()
    places = [n for n, word in enumerate(words) if word in known]
    for first, last in _crowded(places, _LEGACY_WORDS, _LEGACY_REACH):
        crowd = {words[n] for n in places[first : last + 1]}
        if len(crowd) >= _LEGACY_DISTINCT:
            font = Counter(_LEGACY[word] for word in crowd).most_common(1)[0][0]
            return f"an old font ({font.replace('_', ' ')}): {' '.join(sorted(crowd)[:4])!r}"
    return None


def _high_letters(text: str) -> str | None:
    if text.isascii():
        return None
    places = [match.start() for match in _HIGH.finditer(text)]
    crowd = next(_crowded(places, _HIGH_LETTERS, _HIGH_REACH), None)
    return f"an old font: {text[places[crowd[0]] :][:40]!r}" if crowd else None


def _crowded(places: Sequence[int], many: int, reach: int) -> Iterator[tuple[int, int]]:
    """First and last index of ``many`` places that lie within ``reach``."""
    for first in range(len(places) - many + 1):
        if places[first + many - 1] - places[first] < reach:
            yield first, first + many - 1


def _junk(words: Set[str]) -> set[str]:
    """Those of the words that are junk; most words were seen before, and were none."""
    if len(_GOOD) > _MOST_GOOD:
        _GOOD.clear()
    new = words - _GOOD
    junk = {word for word in new if _is_junk(word)}
    _GOOD.update(new - junk)
    return junk


def _is_junk(word: str) -> bool:
    """Whether a word is more likely a scanner's than a writer's. Capitals and figures alone never are."""
    bare = word.strip(_EDGES)
    if not any(map(str.isalnum, bare)):
        return not (word in _PLAIN_MARKS or _DOTS.fullmatch(word) or len(word) < 2 or len(set(word)) == 1)
    if bare.isascii() and bare.isalpha():
        if not bare.islower():
            return bool(_INSIDE.fullmatch(bare))
        return bare in _CONFUSED or (len(bare) < 3 and bare not in _SHORT and bare == word) or _is_vowelless(bare)
    return _is_speckled(bare) and bare.lower() not in _SHORT and not _ADDRESS.search(word)


def _is_speckled(word: str) -> bool:
    """Whether specks stand in or on a word, or make up most of it."""
    if _INSIDE.fullmatch(word) or _SPECKED_END.fullmatch(word):
        return True
    marks = [letter for letter in word if not (letter.isalnum() or letter in _WRITTEN or category(letter)[0] == "M")]
    return len(marks) > 3 and len(marks) > len(word) / 2 and len(set(marks)) > 2


def _is_vowelless(word: str) -> bool:
    return bool(_VOWELLESS.fullmatch(word)) and word not in _SHORT


def _spaced_letters(text: str, counts: Counter[str]) -> int:
    """Letters that stand apart as in `t h e`; headings in capitals are set so and do not count."""
    single = [word for word in counts if len(word) == 1 and word.isalpha() and not word.isupper()]
    if sum(counts[word] for word in single) < 5:
        return 0
    runs = (match[0].split() for match in _SPACED.finditer(text))
    return sum(len(run) for run in runs if any(map(str.islower, run)) or not run[0].isascii())


def _has_bad_stretch(words: Sequence[str], junk: set[str]) -> bool:
    stretches = (words[n : n + _STRETCH] for n in range(0, len(words), _STRETCH // 2))
    return any(
        sum(word in junk for word in part) > _MOST_JUNK_IN_STRETCH * len(part)
        for part in stretches
        if len(part) >= _STRETCH // 2
    )


def _is_short_of_common_words(counts: Counter[str]) -> bool:
    """Whether a long run of small letters has hardly any of the words that make up two fifths of English."""
    common = sum(counts[word] for word in _COMMON)
    if common >= _FEWEST_COMMON * counts.total():
        return False
    small = {word: count for word, count in counts.items() if word.isascii() and word.isalpha() and word.islower()}
    total = sum(small.values())
    return total > _ENOUGH_WORDS and common < _FEWEST_COMMON * total
