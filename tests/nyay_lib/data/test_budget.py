"""The token budget: what it may take away, and what never."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.data.budget import MARK, Budget
from nyay_lib.prompt import chat_format, conversation, user_turn

INSTRUCTION = "Summarize this judgment: the parties, the question and the result."
ORDER = "In the result, the appeal is allowed."


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Budget:
    folder = tmp_path_factory.mktemp("tiny") / "model"
    make_tiny(folder)
    tokenizer = load_tokenizer(folder)
    return Budget(tokenizer, chat_format(tokenizer.get_vocab()), 1024)


def limited(budget: Budget, limit: int) -> Budget:
    return Budget(budget.tokenizer, budget.chat, limit)


def with_room(budget: Budget, room: int) -> Budget:
    """A budget that leaves ``room`` tokens beside the instruction, the mark and an answer of 20 tokens."""
    return limited(budget, budget.count(prompt(budget, INSTRUCTION, MARK)) + 20 + room)


def prompt(budget: Budget, instruction: str, source: str) -> str:
    return budget.chat.prompt(conversation(user_turn(instruction, source)))


def judgment(paragraphs: int) -> str:
    middle = (f"{n}. Heard counsel on point {n}. The record of day {n} was perused." for n in range(1, paragraphs))
    return "\n\n".join(["IN THE HIGH COURT", *middle, f"{paragraphs}. {ORDER}"])


PIECES = st.sampled_from(
    ["\n\n", "\n", " ", "  ", "The court", "धारा 302", "§ 34", "😀", "a" * 40, "Rs. 5,000/-", "<|eot_id|>"]
)
SOURCES = st.lists(PIECES | st.text(max_size=12), max_size=120).map("".join)
LONG_SOURCES = st.lists(PIECES | st.text(min_size=1, max_size=12), min_size=40, max_size=160).map("".join)
ROOMS = st.integers(min_value=-30, max_value=250)


@settings(deadline=None, max_examples=150)
@given(source=SOURCES, answer=st.text(max_size=60), room=ROOMS)
def test_prompt_and_answer_never_exceed_the_limit(budget: Budget, source: str, answer: str, room: int) -> None:
    tight = with_room(budget, room)
    fitted = tight.fit(INSTRUCTION, source, tight.answer_tokens(answer))
    if fitted is not None:
        tokens = tight.count(prompt(tight, INSTRUCTION, fitted.source)) + tight.count(answer + tight.chat.end)
        assert fitted.tokens == tokens <= tight.limit


@settings(deadline=None, max_examples=150)
@given(source=SOURCES, room=ROOMS)
def test_what_fits_stays_as_it_is_and_what_does_not_is_marked(budget: Budget, source: str, room: int) -> None:
    tight = with_room(budget, room)
    fitted = tight.fit(INSTRUCTION, source, 20)
    if tight.count(prompt(tight, INSTRUCTION, source)) + 20 <= tight.limit:
        assert fitted is not None and (fitted.source, fitted.lost, fitted.shortened) == (source, 0, False)
    elif fitted is not None:
        assert fitted.shortened and fitted.lost > 0
        assert fitted.source.count(MARK) == 1


@settings(deadline=None, max_examples=150)
@given(source=LONG_SOURCES, room=st.integers(min_value=0, max_value=100))
def test_head_and_tail_are_parts_of_the_source_in_order(budget: Budget, source: str, room: int) -> None:
    fitted = with_room(budget, room).fit(INSTRUCTION, source, 20)
    assert fitted is not None
    head, mark, tail = fitted.source.partition(MARK)
    assert fitted.shortened == bool(mark)
    if mark:
        head, tail = head.removesuffix("\n\n"), tail.removeprefix("\n\n")
        assert source.startswith(head) and source.endswith(tail)
        assert len(head) + len(tail) <= len(source)


@settings(deadline=None)
@given(room=st.integers(min_value=1, max_value=90))
def test_letters_of_many_tokens_are_not_written_twice(budget: Budget, room: int) -> None:
    source = "".join(chr(0x1F600 + n) for n in range(25))  # four tokens each
    fitted = with_room(budget, room).fit(INSTRUCTION, source, 20)
    assert fitted is not None
    letters = fitted.source.replace(MARK, "").replace("\n", "")
    assert len(set(letters)) == len(letters)
    assert fitted.shortened == (fitted.source != source)


@settings(deadline=None)
@given(instruction=st.text(max_size=200), source=SOURCES, limit=st.integers(min_value=120, max_value=700))
def test_the_instruction_is_never_touched(budget: Budget, instruction: str, source: str, limit: int) -> None:
    tight = limited(budget, limit)
    fitted = tight.fit(instruction, source, 5)
    if fitted is None:
        assert tight.count(prompt(tight, instruction, max(source, MARK, key=tight.count))) + 5 > limit
    else:
        assert user_turn(instruction, fitted.source).startswith(instruction)


@settings(deadline=None)
@given(answer=st.integers(min_value=0, max_value=1200))
def test_a_longer_answer_leaves_less_of_the_judgment(budget: Budget, answer: int) -> None:
    shorter, longer = (budget.fit(INSTRUCTION, judgment(60), tokens) for tokens in (answer, answer + 40))
    assert longer is None or (shorter is not None and shorter.lost <= longer.lost)


def test_the_order_at_the_end_is_kept_with_the_head(budget: Budget) -> None:
    fitted = budget.fit(INSTRUCTION, judgment(80), 100)
    assert fitted is not None
    head, tail = fitted.source.split(f"\n\n{MARK}\n\n")
    assert head.startswith("IN THE HIGH COURT\n\n1. Heard")
    assert tail.endswith(ORDER)


def test_head_and_tail_share_the_room_as_35_to_65(budget: Budget) -> None:
    fitted = limited(budget, 4000).fit(INSTRUCTION, judgment(300), 100)
    assert fitted is not None
    head, tail = (budget.count(part) for part in fitted.source.split(MARK))
    assert head / (head + tail) == pytest.approx(0.35, abs=0.02)
    assert fitted.tokens > 0.98 * 4000


def test_cuts_fall_on_paragraphs_where_there_are_some(budget: Budget) -> None:
    fitted = budget.fit(INSTRUCTION, judgment(80), 100)
    assert fitted is not None
    assert set(fitted.source.split("\n\n")) - {MARK} <= set(judgment(80).split("\n\n"))


def test_cuts_fall_between_words_where_there_are_no_paragraphs(budget: Budget) -> None:
    source = " ".join(f"word{n}" for n in range(400))
    fitted = budget.fit(INSTRUCTION, source, 100)
    assert fitted is not None
    assert re.findall(r"\S+", fitted.source.replace(MARK, "")) == [
        word for word in source.split() if word in fitted.source.replace(MARK, "").split()
    ]


def test_lost_tokens_are_those_left_out(budget: Budget) -> None:
    source = judgment(80)
    fitted = budget.fit(INSTRUCTION, source, 100)
    assert fitted is not None
    kept = sum(budget.count(part.strip()) for part in fitted.source.split(MARK))
    assert fitted.lost == pytest.approx(budget.count(source) - kept, abs=4)


def test_an_answer_that_cannot_fit_is_refused(budget: Budget) -> None:
    assert budget.fit(INSTRUCTION, "", 1024) is None
    assert budget.fit(INSTRUCTION, judgment(80), 1024) is None


def test_an_answer_counts_with_the_token_that_ends_it(budget: Budget) -> None:
    assert budget.answer_tokens("The appeal is allowed.") == budget.count("The appeal is allowed.") + 1


def test_a_real_row_fits_as_it_is_trained(budget: Budget) -> None:
    answer = "The appeal was allowed."
    fitted = budget.fit(INSTRUCTION, judgment(80), budget.answer_tokens(answer))
    assert fitted is not None
    assert budget.count(prompt(budget, INSTRUCTION, fitted.source) + answer + budget.chat.end) <= budget.limit
