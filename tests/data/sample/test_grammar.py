"""The templates: what a choice and a slot become, and what is no template."""

import re
from collections.abc import Iterator

import pytest

from data.sample.generate import ACT_NAMES, HINDI_ACT_NAMES
from data.sample.generator import tables
from data.sample.generator.cases import CaseBook
from data.sample.generator.chance import Chance
from data.sample.generator.grammar import expand, parse_node
from data.sample.generator.languages import ENGLISH, HINDI, Language
from data.sample.generator.writer import FRESH


def written(template: str, seed: int = 0) -> str:
    return expand(parse_node(template), Chance(seed).random, lambda name: f"[{name}]")


def test_a_choice_gives_each_of_its_alternatives() -> None:
    texts = {written("{a|{b|c <x>}|} 5 % of <y>", seed) for seed in range(60)}
    assert texts == {"a 5 % of [y]", "b 5 % of [y]", "c [x] 5 % of [y]", " 5 % of [y]"}


def test_a_bar_outside_of_a_choice_is_text() -> None:
    assert written("Court: <court1>|Date: <d3>") == "Court: [court1]|Date: [d3]"


@pytest.mark.parametrize(("template", "message"), [("{a|b", "a brace is missing"), ("a}b", "a brace too many")])
def test_braces_that_do_not_match_are_named(template: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"{message} .*{re.escape(template)}"):
        parse_node(template)


def test_a_wrapped_line_is_one_and_a_comment_is_none() -> None:
    assert not any(line.startswith(("#", " ")) for line in tables.lines("english/courts"))
    assert len(tables.rows("english/courts")) == len(ENGLISH.courts) == 12


def slots(folder: str) -> Iterator[str]:
    for path in (tables.FOLDER / folder).rglob("*.txt"):
        for line in tables.lines(str(path.relative_to(tables.FOLDER).with_suffix(""))):
            yield from re.findall(r"<([^>]+)>", line)


@pytest.mark.parametrize(("folder", "language"), [("english", ENGLISH), ("hindi", HINDI)])
def test_every_slot_can_be_filled(folder: str, language: Language) -> None:
    filled = {
        *FRESH,
        *CaseBook(1, 300).case(0, language).facts,
        *language.phrases,
        "offence",
        "bail",
        "quash",
        "result",
    }
    provisions = {f"s:{key}" for key in ("CONST", *(HINDI_ACT_NAMES if language.hindi else ACT_NAMES))}
    assert {slot for slot in slots(folder) if slot not in filled and slot.rsplit(":", 1)[0] not in provisions} == set()
