"""The page of training: small whatever the run, and true while it trains."""

import base64
import io
import math
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from nyay_lib.attempts import Attempt
from nyay_lib.canaries import CanaryAnswer
from nyay_lib.jobs import Resumed, Started, Validated
from nyay_lib.ladder import Rung
from nyay_lib.reports.plots import MOST_POINTS, smoothed, thinned
from nyay_lib.reports.training import live_page
from nyay_lib.watch import Evaluations, Watch
from tests.nyay_lib.made import step_of

METRICS = Path("/runs/one/jobs/train/metrics.jsonl")


def watch_of(steps: int) -> Watch:
    """A run of many steps, resumed half way, whose validation loss rises towards its end."""
    attempt = Attempt(number=2, rung=Rung(micro_batch=4, accumulation=4), started=datetime.now(UTC))
    watch = Watch([attempt], Evaluations(every=steps // 20, tokens=10_000))
    watch.see(Started(pid=1, device="CPU"))
    for step in range(1, steps + 1):
        loss = 2.0 + math.sin(step * 12.9898) / 3
        watch.see(step_of(step, loss, total=steps * 2, tokens=1000, completion_tokens=400))
        if step % (steps // 20) == 0:
            watch.see(Validated(step=step, loss=2.0 + abs(step / steps - 0.7), seconds=60.0))
        if step == steps // 2:
            watch.see(Resumed(step=step))
    return watch


def test_twenty_thousand_steps_make_a_page_that_the_server_takes() -> None:
    page = live_page(watch_of(20_000), [], METRICS).markdown
    assert len(page) < 1_000_000
    plot = re.search(r"data:image/png;base64,([^)]*)\)", page)
    assert plot
    content = base64.b64decode(plot[1])
    assert len(content) < 150_000
    assert Image.open(io.BytesIO(content)).width >= 700


def test_progress_says_what_is_left_and_how_much_of_it_is_evaluation() -> None:
    page = live_page(watch_of(100), [], METRICS).markdown
    assert "**step 100 of 200**, epoch 1, 50%; **23 min 20 s left**, 20 min 0 s of it for evaluations" in page
    assert "| best step | 70 |" in page and str(METRICS) in page


def test_a_failure_is_told_first_in_its_own_words() -> None:
    watch = watch_of(40)
    ended = {"end": "failed", "reason": "step 40: training diverges"}
    watch.attempts = [watch.attempts[0].model_copy(update=ended)]
    page = live_page(watch, [], METRICS).markdown
    assert page.startswith("# Training: failed") and "**step 40: training diverges**" in page


def test_a_canary_stands_beside_the_base_and_the_reference() -> None:
    told = {"row": 0, "instruction": "Summarise", "reference": "It is allowed.", "tokens": 4, "fault": ""}
    answers = [CanaryAnswer(step=step, answer=text, **told) for step, text in ((0, "No."), (4, "Hm."), (8, "Allowed."))]
    page = live_page(watch_of(40), answers, METRICS).markdown.partition("## Canaries")[2]
    places = [page.index(word) for word in ("Validation row 1", "It is allowed", "No", "After step 8", "Allowed")]
    assert places == sorted(places) and "Hm" not in page


def test_thinning_keeps_the_peaks_and_the_order() -> None:
    values = {step: 1.0 for step in range(1, 20_001)} | {777: 9.0, 15_000: 0.1}
    steps, numbers = thinned(values)
    assert len(steps) <= MOST_POINTS and steps == sorted(steps)
    assert max(numbers) == 9.0 and min(numbers) == 0.1


def test_smoothing_starts_at_the_first_value_and_follows() -> None:
    even = smoothed({step: 2.0 for step in range(1, 50)})
    assert list(even.values()) == pytest.approx([2.0] * 49)
    assert smoothed({1: 4.0, 2: 2.0})[2] < 4.0
