"""Hindi as the bytes of fonts from before Unicode."""

import re
from collections.abc import Callable, Sequence

from data.sample.generator import tables
from data.sample.generator.faults.planting import Form, Planting, inserted
from data.sample.generator.judgments import MARK
from data.sample.generator.records import Row


def _letters(lines: list[str]) -> dict[str, str]:
    """A table from words of the form letter=sign."""
    return dict(word.split("=", 1) for line in lines for word in line.split())


KRUTI, KRUTI_HALVES, KRUTI_JOINED = (_letters(part) for part in tables.sections("fonts/kruti").values())
(CHANAKYA,) = (_letters(part) for part in tables.sections("fonts/chanakya").values())
QUOTES = tables.pool("faults/legacy_quotes")
# र before consonants, the consonants, the short i that is typed before them, another vowel, a nasal.
SYLLABLE = re.compile(r"(र्)?((?:[क-ह]़?्)*[क-ह]़?)(ि?)([ा-ौ]?)([ंँः]?)")


def kruti(text: str) -> str:
    """Hindi as the bytes of the Kruti Dev font, in which much of India's court typing was done."""
    return "".join(KRUTI.get(letter, letter) for letter in SYLLABLE.sub(_syllable, text))


def _syllable(match: re.Match[str]) -> str:
    reph, body, short_i, vowel, nasal = match.groups()
    signs = f"{KRUTI.get(vowel, '')}{'Z' if reph else ''}{KRUTI.get(nasal, '')}"
    return f"{'f' if short_i else ''}{_consonants(body.replace('़', ''))}{signs}"


def _consonants(body: str) -> str:
    for joined, sign in KRUTI_JOINED.items():
        body = body.replace(joined, sign)
    body = re.sub(r"([क-ह])्र$", lambda match: KRUTI[match[1]] + "z", body)
    body = re.sub(r"([क-ह])्", lambda match: KRUTI_HALVES.get(match[1], KRUTI[match[1]] + "~"), body)
    return "".join(KRUTI.get(letter, letter) for letter in body)


def chanakya(text: str) -> str:
    """The same in the Chanakya font of the newspapers."""
    text = re.sub(r"((?:[क-ह]़?्)*[क-ह]़?)ि", r"ç\1", text.replace("़", ""))
    return "".join(CHANAKYA.get(letter, letter) for letter in text)


def _typed(font: Callable[[str], str], fields: Sequence[str]) -> Form:
    def plant(p: Planting) -> Row:
        p.go_over_to_hindi()
        return p.row | {field: _but_the_mark(p.row[field], font) for field in fields}

    return plant


def _but_the_mark(text: str, font: Callable[[str], str]) -> str:
    head = MARK if text.startswith(MARK) else ""
    return head + font(text.removeprefix(head))


def _quoted(p: Planting) -> Row:
    words = " ".join(p.chance.sample(QUOTES, 2))
    return p.with_input(inserted(p.row["input"], f'The statement reads: "{words}"', 0.5))


LEGACY_FONT: dict[str, Form] = {
    "kruti_input": _typed(kruti, ("input",)),
    "kruti_all": _typed(kruti, ("input", "output")),
    "kruti_output": _typed(kruti, ("output",)),
    "chanakya_input": _typed(chanakya, ("input",)),
    "kruti_quoted_in_english": _quoted,
}
