"""ROUGE against the package it extends, and for scripts that package cannot read."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from nyay_lib.evaluation.rouge import rouge, rouge_l, sentence_lines

HINDI = "यह निगरानी याचिका सारहीन होने से खारिज की जाती है। याचिकाकर्ता चार सप्ताह के भीतर आत्मसमर्पण करे।"
printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80)
any_text = st.text(max_size=60)


def test_identical_hindi_scores_1_in_all_four() -> None:
    assert rouge([(HINDI, HINDI)]) == [(1.0, 1.0, 1.0, 1.0)]


def test_half_the_hindi_words_score_two_thirds() -> None:
    (found,) = rouge([("अपील खारिज की गई", "अपील खारिज")])
    assert found.rouge_1 == found.rouge_l == pytest.approx(2 / 3)


@settings(deadline=None, max_examples=60)
@given(printable, printable)
def test_english_scores_as_the_package_does_with_its_stemmer(reference: str, answer: str) -> None:
    scorer: Any = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=True)
    theirs = scorer.score(sentence_lines(reference), sentence_lines(answer))
    assert list(rouge([(reference, answer)])[0]) == pytest.approx([score.fmeasure for score in theirs.values()])


def test_a_word_is_the_same_in_its_other_forms() -> None:
    assert rouge([("The appeals were dismissed.", "the appeal was dismissing")])[0].rouge_1 == pytest.approx(3 / 4)


def test_lsum_forgives_the_order_of_sentences_and_l_does_not() -> None:
    reference = "The appeal is allowed. The conviction is set aside."
    (found,) = rouge([(reference, "The conviction is set aside. The appeal is allowed.")])
    assert found.rouge_lsum == pytest.approx(1)
    assert found.rouge_l < 0.6


@settings(deadline=None, max_examples=60)
@given(any_text, any_text)
def test_scores_lie_between_0_and_1_and_a_text_equals_itself(reference: str, answer: str) -> None:
    found, same = rouge([(reference, answer), (reference, reference)])
    assert all(0 <= score <= 1 for score in found)
    assert same.rouge_1 in (0.0, pytest.approx(1.0))
    assert rouge_l([(reference, answer)]) == [found.rouge_l]


def test_an_empty_answer_scores_nothing() -> None:
    assert rouge([(HINDI, ""), ("", "")]) == [(0, 0, 0, 0)] * 2


def test_sentences_do_not_end_in_abbreviations() -> None:
    text = "Ram v. State of Goa, No. 12, by J. P. Deshmane, is good law. It was followed. यह ठीक है। वह नहीं।"
    assert sentence_lines(text).count("\n") == 3
