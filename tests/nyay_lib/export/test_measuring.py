"""What the stages of an export are read on: a small sample of the validation rows, within a budget of tokens."""

from pathlib import Path

import pytest

from nyay_lib.config import FidelityConfig, PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.export.measuring import draw, stage_of
from nyay_lib.files import write_text
from nyay_lib.lines import Line, json_line

TASKS = ("outcome_analysis", "summarization", "research_qa")


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    """30 rows of 1,000 tokens, 400 of them an answer."""
    notes = [
        {"cnr": f"c{row // 2}", "task_type": TASKS[row % 3], "tokens": 1_000, "answer_tokens": 400} for row in range(30)
    ]
    write_text(tmp_path / "val_rows.jsonl", "".join(map(json_line, notes)))
    return Dataset.model_construct(folder=tmp_path)


def config(**fidelity: int) -> PipelineConfig:
    return PipelineConfig(fidelity=FidelityConfig.model_validate(fidelity))


def test_rows_are_taken_while_their_tokens_fit(data: Dataset) -> None:
    # Of an answer 100 tokens are read, so a row takes 700.
    sample = draw(config(tokens=5_000, answer_tokens=100), data)
    assert len(sample.rows) == len(set(sample.rows)) == 7
    assert {TASKS[row % 3] for row in sample.rows[:3]} == set(TASKS)
    assert sample.judgments == {row: f"c{row // 2}" for row in sample.rows}


def test_a_larger_budget_keeps_the_rows_of_a_smaller(data: Dataset) -> None:
    small, large = (draw(config(tokens=tokens), data).rows for tokens in (3_000, 9_000))
    assert large[: len(small)] == small and len(large) > len(small)


def test_two_rows_are_read_however_long_and_no_more_than_there_are(data: Dataset) -> None:
    assert len(draw(config(tokens=1), data).rows) == 2
    assert len(draw(config(tokens=10**9, rows=99), data).rows) == 30


def line(kind: str, **columns: list[float]) -> Line:
    return {"kind": kind, "row": 0} | columns


def test_figures_are_over_all_tokens_and_losses_over_reference_answers() -> None:
    lines = [
        line("reference", nll=[1.0, 2.0, 3.0], kl=[0.0, 0.2, 0.1], same=[1, 1, 0], hit=[0, 0, 0]),
        line("greedy", nll=[9.0, 9.0], kl=[0.5, 0.2], same=[1, 1], hit=[1, 1]),
        line("greedy", nll=[9.0, 9.0, 9.0], kl=[0.0, 0.0, 0.0], same=[1, 1, 1], hit=[1, 0, 1]),
    ]
    stage = stage_of("gguf", "fuse", lines)
    assert (stage.positions, stage.loss, stage.top1) == (8, 2.0, 7 / 8)
    assert stage.kl == pytest.approx(1 / 8)
    assert stage.greedy == 3 / 5  # what follows a first other word is another text
    assert stage_of("gguf", "fuse", lines[:1]).greedy is None
