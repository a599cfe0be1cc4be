"""The ledger: what was trained on, held against the plan."""

from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Split
from nyay_lib.errors import JobError
from nyay_lib.jobs import Covered
from nyay_lib.ledger import settle

CONFIG = PipelineConfig()  # 3 epochs of effective batch 16
SPLIT = Split(
    source=Path("train.jsonl"),
    rows=40,
    rejected={},
    quarantined={},
    masked={},
    leaking=0,
    task_types={},
    tokens=4040,
    completion_tokens=1000,
    longest=200,
    shortened=1,
    tokens_lost=160,
    lengths=[],
)
ALL = Covered(steps=9, rows=40, least=3, most=3, tokens=12_000, completion_tokens=3000)


def test_a_run_to_the_end_saw_every_row_in_every_epoch() -> None:
    ledger = settle(CONFIG, SPLIT, ALL)
    assert str(ledger) == "every row was trained on 3 times; 5.0% of the prompts' tokens were left out by shortening"
    assert (ledger.planned_steps, ledger.prompt_tokens) == (9, 3200)


@pytest.mark.parametrize(("steps", "least", "most"), [(1, 0, 1), (3, 1, 1), (4, 1, 2), (8, 2, 3)])
def test_a_run_that_ended_early_is_in_the_midst_of_an_epoch(steps: int, least: int, most: int) -> None:
    seen = {"tokens": 4000, "completion_tokens": 1000} if steps == 3 else {}
    ledger = settle(CONFIG, SPLIT, ALL.model_copy(update={"steps": steps, "least": least, "most": most, **seen}))
    assert str(ledger).startswith(f"every row was trained on {least}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": 39}, "rows 39 in place of 40"),
        ({"least": 2}, "least 2 in place of 3"),
        ({"most": 4}, "most 4 in place of 3"),
        ({"tokens": 11_999}, "tokens 11,999 in place of 12,000"),
        ({"completion_tokens": 3001}, "completion_tokens 3,001 in place of 3,000"),
        ({"steps": 8}, "least 3 in place of 2"),
    ],
)
def test_what_was_not_planned_is_a_failure(change: dict[str, int], words: str) -> None:
    with pytest.raises(JobError, match=words):
        settle(CONFIG, SPLIT, ALL.model_copy(update=change))
