"""Acts and their provisions: by name, as they are cited, and which code holds on a day."""

import re
from collections.abc import Sequence
from datetime import date

from data.sample.generator import tables

# Name, year and short form (empty where there is none) by key; in Hindi name and year.
ACT_NAMES = {key: (name, year, short) for key, name, year, short in tables.rows("english/acts")}
HINDI_ACT_NAMES = {key: (name, year) for key, name, year in tables.rows("hindi/acts")}
ROMAN = {"6": "VI", "7": "VII", "14": "XIV", "39": "XXXIX", "41": "XLI"}
# Offences of the old code and of the new one, which holds for what was done from 1 July 2024 on.
OFFENCES = (
    ("420,406", "318(4),316(2)"),
    ("420,467,468", "318(4),338,336(3)"),
    ("406,506", "316(2),351(2)"),
    ("379,411", "303(2),317(2)"),
    ("420,120B", "318(4),61(2)"),
)
NEW_CODES = date(2024, 7, 1)


def provisions(offence: tuple[str, str], began: date, filed: date) -> dict[str, str]:
    """The slots of an offence, of bail and of quashing: by the day of the deed, and by that of the application."""
    old, new = offence
    bail, quash = ("s:BNSS:483", "s:BNSS:528") if filed >= NEW_CODES else ("s:CRPC:439", "s:CRPC:482")
    return {"offence": f"s:BNS:{new}" if began >= NEW_CODES else f"s:IPC:{old}", "bail": bail, "quash": quash}


def cite_statute(key: str, sections: Sequence[str], *, hindi: bool, turn: float) -> str:
    """Provisions of one Act in words; ``turn`` in 0..1 chooses the manner."""
    return _in_hindi(key, sections, turn) if hindi else _in_english(key, sections, turn)


def _in_hindi(key: str, sections: Sequence[str], turn: float) -> str:
    if key == "CONST":
        return f"संविधान के अनुच्छेद {', '.join(sections)}"
    name, year = HINDI_ACT_NAMES[key]
    return f"{name}{f', {year}' if turn < 0.5 else ''} की धारा {', '.join(sections)}"


def _in_english(key: str, sections: Sequence[str], turn: float) -> str:
    if key == "CONST":
        return f"{_listed('Article', sections)} of the Constitution{' of India' if turn < 0.6 else ''}"
    name, year, short = ACT_NAMES[key]
    act = f"of the {name}, {year}" if turn < 0.45 else short if short and turn > 0.75 else f"of the {name}"
    if sections[0].startswith("ART"):  # of the Limitation Act
        return f"{_listed('Article', [section.removeprefix('ART') for section in sections])} {act}"
    if order := re.fullmatch(r"O(\d+)R(\d+)", sections[0]):
        return f"Order {ROMAN[order[1]]} Rule {order[2]} {act}"
    return f"{_listed('Section', sections)} {act}"


def _listed(word: str, sections: Sequence[str]) -> str:
    if len(sections) == 1:
        return f"{word} {sections[0]}"
    return f"{word}s {', '.join(sections[:-1])} and {sections[-1]}"
