"""metrics.jsonl: whole lines, in order, no step twice, whatever ended the attempt before."""

import json
from pathlib import Path

from nyay_lib.jobs import Resumed, Validated
from nyay_lib.metrics import MetricsFile, read_metrics
from tests.nyay_lib.made import step_of


def steps(path: Path) -> list[tuple[int, int]]:
    """Step and attempt of each line."""
    return [(line.step, line.attempt) for line in read_metrics(path)]


def test_a_step_is_a_line_of_numbers_as_soon_as_it_is_done(tmp_path: Path) -> None:
    file = MetricsFile(tmp_path / "metrics.jsonl", attempt=1)
    file.see(step_of(1))
    line = json.loads((tmp_path / "metrics.jsonl").read_text())
    assert (line["step"], line["epoch"], line["tokens_per_second"], line["validation_loss"]) == (1, 1, 50.0, None)
    assert all(isinstance(value, int | float | None) for value in line.values())
    assert line["memory_free"] > 0 <= line["swap_used"]


def test_a_validation_loss_joins_the_line_of_its_step(tmp_path: Path) -> None:
    file = MetricsFile(tmp_path / "metrics.jsonl", attempt=1)
    for event in (step_of(1), step_of(2), Validated(step=2, loss=1.0), step_of(3), Validated(step=3, loss=1.0625)):
        file.see(event)
    assert [line.validation_loss for line in read_metrics(tmp_path / "metrics.jsonl")] == [None, 1.0, 1.0625]


def test_every_line_has_the_same_keys(tmp_path: Path) -> None:
    file = MetricsFile(tmp_path / "metrics.jsonl", attempt=1)
    for event in (step_of(1), step_of(2), Validated(step=2, loss=1.0)):
        file.see(event)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert len(lines) == 2 and len({tuple(json.loads(line)) for line in lines}) == 1


def test_after_a_resume_no_step_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    first = MetricsFile(path, attempt=1)
    for event in (*map(step_of, range(1, 6)), Validated(step=5, loss=1.0)):
        first.see(event)
    second = MetricsFile(path, attempt=2)
    second.see(Resumed(step=3))
    assert steps(path) == [(1, 1), (2, 1), (3, 1)]
    for number in (4, 5, 6):
        second.see(step_of(number))
    assert steps(path) == [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2)]


def test_an_attempt_that_begins_anew_without_a_checkpoint_replaces_all(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    for attempt in (1, 2):
        file = MetricsFile(path, attempt)
        for number in (1, 2):
            file.see(step_of(number))
    assert steps(path) == [(1, 2), (2, 2)]


def test_a_line_that_a_kill_cut_short_is_gone_with_the_next_attempt(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    MetricsFile(path, attempt=1).see(step_of(1))
    path.write_bytes(path.read_bytes() + b'{"step": 2, "ep')
    MetricsFile(path, attempt=2).see(step_of(2))
    assert steps(path) == [(1, 1), (2, 2)]
