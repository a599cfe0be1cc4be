import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nyay_lib.law import Reference, extract_references
from nyay_lib.law.normalise import normalise
from nyay_lib.law.statute_refs import find_statutes

FOLDER = Path(__file__).with_name("cases")
KINDS = ["cnr", "neutral", "reporter", "case_number", "statute", "date", "money", "case_name", "none", "mixed"]
CASES = {
    kind: [json.loads(line) for line in (FOLDER / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()]
    for kind in KINDS
}
PIECES = [
    "Section ",
    "302",
    "304-B",
    " IPC",
    " r/w ",
    "Article ",
    "v. ",
    "State of Kerala",
    "(1973) 4 SCC 225",
    "Rs. ",
    "5,00,000/-",
]
PIECES += [
    "12.03.2021",
    " lakh",
    "धारा ",
    "अनुच्छेद ",
    "१२",
    "HCBM030212662025",
    "\n",
    "-\n",
    "(",
    ")",
    "of the ",
    "Act",
    " the said Act",
]
PIECES += [
    "(for short, 'the Act')",
    "Order VII Rule 11",
    "2023:DHC:",
    "No. ",
    "/2020",
    "W.P.(C) ",
    "\u0300",
    "\ud800",
    "ſ",
    "İ",
    "\u200d",
    "٣",
]

# After one of these a number is that of something else than a section.
NUMBERED = (
    "w pw dw ex exhibit exhibits exh exhs ext exts para paras paragraph page pages p pp clause clauses rule rules r rr "
    "order orders chapter chapters schedule no nos form forms item items entry entries volume vol part parts column "
    "serial sl room rooms court courts point annexure appendix date dated year challan regulation के"
)


def pairs(text: str) -> list[list[str]]:
    return [[reference.kind, reference.canonical] for reference in extract_references(text)]


def around(text: str) -> str:
    return f"It is noted as follows:\n\n{text}\n\nnothing else was on record."


@pytest.mark.parametrize("kind", KINDS)
def test_reads_every_case_of_the_kind_alone_and_in_the_midst_of_a_text(kind):
    wrong = [
        f"{case['name']}: {text!r} gave {pairs(text)}, not {case['expect']}"
        for case in CASES[kind]
        for text in (case["text"], around(case["text"]))
        if pairs(text) != case["expect"]
    ]
    print(f"{kind:12}{len(CASES[kind]):5} cases, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


def test_there_are_many_cases_of_every_kind():
    assert all(len(cases) >= 35 for cases in CASES.values())
    assert sum(map(len, CASES.values())) >= 1300


def test_what_shows_no_reference_expects_none():
    assert not any(case["expect"] for case in CASES["none"])


def test_no_two_cases_are_one():
    texts = [case["text"] for cases in CASES.values() for case in cases]
    assert len(set(texts)) == len(texts)


def test_each_reference_comes_once_in_the_order_of_first_appearance():
    text = "Section 34 IPC, then Section 302 IPC, then Section 34 of the Indian Penal Code, then 05/04/2021"
    assert pairs(text) == [["statute", "IPC:34"], ["statute", "IPC:302"], ["date", "2021-04-05"]]


def test_a_reference_is_a_frozen_slotted_value():
    reference = Reference("statute", "IPC:302")
    assert {reference, Reference("statute", "IPC:302")} == {reference}
    assert not hasattr(reference, "__dict__")
    with pytest.raises(FrozenInstanceError):
        reference.kind = "date"  # type: ignore[misc]


def test_composed_and_decomposed_devanagari_read_alike():
    assert pairs("12 फ़रवरी 2021") == pairs("12 फ\u093cरवरी 2021") == [["date", "2021-02-12"]]


def test_invisible_characters_do_not_hide_a_reference():
    assert pairs("Sec\u200btion 3\u200d02 I\u00adPC") == [["statute", "IPC:302"]]


@pytest.mark.parametrize("word", NUMBERED.split())
def test_a_number_of_something_else_is_no_section_of_the_act_after_it(word):
    assert pairs(f"{word} 302 IPC") == pairs(f"see {word}. 302 IPC") == pairs(f"{word}. (302 IPC") == []


def test_an_act_of_initials_is_told_from_the_sign_between_two_parties():
    assert pairs("M. V. Section 166") == pairs("M.V. Section 166") == [["statute", "MV:166"]]
    assert not any(kind == "statute" for kind, _ in pairs("& Ors. v. Section 166"))


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_no_text_raises(text):
    assert isinstance(extract_references(text), list)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_jumble_of_legal_pieces_raises(text):
    found = extract_references(text)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Section 7 of the InsolvencyandBankruptcy Code", "IBC:7"),
        ("Section 7 of the Insolvency andBankruptcy Code", "IBC:7"),
        ("Section 3 SCandST Act", "SCST:3"),
    ],
)
def test_a_blank_that_a_page_lost_beside_and_loses_no_act(text, canonical):
    assert pairs(text) == [["statute", canonical]]


def test_two_rules_that_overlap_leave_what_follows_in_its_place():
    text = normalise("Rule 1 of Order VII Rule 2. Section 302 IPC")
    assert [(m.start, m.end, m.canonical) for m in find_statutes(text)] == [(0, 19, "CPC:O7R1"), (36, 39, "IPC:302")]
