"""Cases of the user's own: read, asked within the budget, and judged."""

from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.data.budget import MARK, Budget
from nyay_lib.errors import DataError
from nyay_lib.evaluation.cases import Case, judge_case, prompts_of, read_cases, tells
from nyay_lib.prompt import chat_format

SOURCE = "He was tried under Section 302 of the Indian Penal Code. The appeal is dismissed."


def written(folder: Path, text: str) -> Path:
    path = folder / "test_cases.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_cases_are_read_with_their_defaults(tmp_path: Path) -> None:
    path = written(
        tmp_path, '[{"name": "a", "instruction": "What?"}, {"name": "b", "instruction": "Why?", "expect": ["x"]}]'
    )
    first, second = read_cases(path)
    assert (first.input, first.expect, first.forbid, second.expect) == ("", (), (), ("x",))


def test_without_a_file_there_are_no_cases(tmp_path: Path) -> None:
    assert read_cases(tmp_path / "none.json") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no list of cases"),
        ('{"name": "a"}', "is no list of cases"),
        ('[{"name": "a"}]', r"case 1 \('a'\): instruction: Field required"),
        ('[{"name": "a", "instruction": "x", "expects": []}]', r"case 1 \('a'\): expects: Extra inputs"),
        ('[{"name": "a", "instruction": "x", "expect": [""]}]', r"case 1 \('a'\): expect.0: .* at least 1 character"),
        ('[{"name": "a", "instruction": "x"}, 3]', r"case 2 \(None\): the whole: "),
        ('[{"name": "a", "instruction": "x"}, {"name": "a", "instruction": "y"}]', "two cases have the name 'a'"),
    ],
)
def test_a_fault_names_the_case_and_the_field(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DataError, match=f"test_cases.json: {words}"):
        read_cases(written(tmp_path, text))


@pytest.mark.parametrize(
    ("answer", "wanted", "found"),
    [
        ("He was convicted u/s 302 of the Indian Penal Code.", "Section 302 IPC", True),
        ("He was convicted u/s 304 of the Indian Penal Code.", "Section 302 IPC", False),
        ("The appeal  is DISMISSED.", "is dismissed", True),
        ("The appeal is allowed.", "dismissed", False),
        ("धारा 302 भारतीय दंड संहिता", "धारा", True),
    ],
)
def test_references_are_told_in_any_form_and_words_as_they_are(answer: str, wanted: str, found: bool) -> None:
    assert tells(answer, wanted) is found


def test_a_case_passes_if_all_is_told_and_nothing_else() -> None:
    case = Case(name="a", instruction="How did it end?", input=SOURCE, expect=("Section 302 IPC",), forbid=("allowed",))
    assert judge_case(case, SOURCE).faults == ()
    tried = judge_case(case, "The appeal is allowed, Section 420 IPC.")
    assert tried.faults == (
        "does not tell 'Section 302 IPC'",
        "tells 'allowed'",
        "names IPC:420, which its input does not",
    )


def test_without_an_input_there_is_nothing_to_be_grounded_in() -> None:
    assert judge_case(Case(name="a", instruction="What is bail?"), "See Section 437 CrPC.").faults == ()


def test_a_long_input_is_shortened_as_in_training_and_a_long_question_refused(tmp_path: Path) -> None:
    make_tiny(tmp_path / "model")
    tokenizer = load_tokenizer(tmp_path / "model")
    budget = Budget(tokenizer, chat_format(tokenizer.get_vocab()), 512)
    [prompt] = prompts_of([Case(name="a", instruction="Sum up.", input=SOURCE * 40)], budget, 24)
    assert MARK in prompt[-1]["content"] and len(prompt[-1]["content"]) < len(SOURCE * 40)
    with pytest.raises(DataError, match="the case 'long' is longer than training.max_seq_length 512"):
        prompts_of([Case(name="long", instruction="why " * 900)], budget, 24)
