"""A calibration: what a few small micro-batches take on this machine, so that the plan of a whole run is no guess.

The base is loaded and adapters are attached as training has them. The settings are as long as the time allows; each is
told of before it is measured, so that of a calibration that runs out of memory it is known what did not fit.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mlx.core as mx
import mlx.optimizers as optim
import numpy as np
from mlx.utils import tree_map

from nyay_lib.engine.batches import Row
from nyay_lib.engine.evaluate import generate
from nyay_lib.engine.gradient import Gradients
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.loss import CHUNK, mean_loss
from nyay_lib.engine.memory import checkpoint_layers
from nyay_lib.engine.model import DENSE_SHARE, DequantisingLinear, LoadedModel, attach_lora, load, trainable_parameters
from nyay_lib.engine.process_memory import forget_peak, process_peak
from nyay_lib.engine.weights import attention_ratio, dense_bytes, kept_bytes
from nyay_lib.jobs import CalibrateJob, Emit, Loaded, Measured, Progress, Setting

# All settings with their repeats, in rows of the shortest length.
UNITS = 16
FIRST_LENGTH, SHORTEST, LONGEST = 32, 32, 512
LONG = 3  # times the shortest length
ANSWER_SHARE, LONG_ANSWER_SHARE = 0.25, 0.75
DECODED_ROWS, DECODED_TOKENS = 2, 8
SEED = 0


def calibrate(job: CalibrateJob, emit: Emit) -> Mapping[str, Any]:
    """Measure each setting, and what an update and the next token of an answer take."""
    loaded = load(job.base)
    peak = process_peak()
    forget_peak()
    gradients = Gradients(loaded.model, attach_lora(loaded.model, job.lora), Lanes())
    bench = Bench(loaded, gradients)
    emit(bench.facts(peak))
    length = bench.length_within(job.seconds)
    settings = list(settings_of(length, gradients.lanes.count))
    for number, setting in enumerate(settings):
        emit(Progress(done=number, total=len(settings), what=f"settings measured, now {setting}"))
        emit(bench.measure(setting, repeats=1 if setting.length > length else 2))
    return {"update_seconds": bench.update_seconds(), "decode_seconds": bench.decode_seconds(length)}


def settings_of(length: int, lanes: int) -> Iterator[Setting]:
    """One row, one with a long answer, a long row, a row for each lane; then gradient checkpointing, which stays on.

    That last row has next to no answer: the memory of logits would hide that of a layer that is computed again.
    """
    long = LONG * length
    yield Setting(rows=1, length=length, answer=round(ANSWER_SHARE * length))
    yield Setting(rows=1, length=length, answer=round(LONG_ANSWER_SHARE * length))
    yield Setting(rows=1, length=long, answer=round(ANSWER_SHARE * long))
    yield Setting(rows=max(2, lanes), length=2 * length, answer=round(ANSWER_SHARE * 2 * length))
    yield Setting(rows=1, length=long, answer=1, gradient_checkpointing=True)


@dataclass(slots=True)
class Bench:
    """The model as training has it, for rows of random tokens."""

    loaded: LoadedModel
    gradients: Gradients
    is_checkpointing: bool = False

    def facts(self, load_peak: int) -> Loaded:
        """What is known before anything has been computed."""
        model = self.loaded.model
        mx.eval(model.parameters())
        return Loaded(
            lanes=max(1, self.gradients.lanes.count),
            chunk=CHUNK,
            attention_ratio=attention_ratio(model),
            active_memory=mx.get_active_memory(),
            process_peak=load_peak,
            dense_bytes=dense_bytes(model),
            dense_share=DENSE_SHARE,
            is_dense=not any(isinstance(module, DequantisingLinear) for module in model.modules()),
            trainable_parameters=sum(weights.size for weights in trainable_parameters(model).values()),
            kept_bytes=kept_bytes(model),
        )

    def length_within(self, seconds: float) -> int:
        """The shortest row's length at which all settings take about ``seconds``."""
        first = Setting(rows=1, length=FIRST_LENGTH, answer=round(ANSWER_SHARE * FIRST_LENGTH))
        speed = FIRST_LENGTH / self.measure(first, repeats=2).seconds
        return round(min(LONGEST, max(SHORTEST, seconds * speed / UNITS)))

    def measure(self, setting: Setting, repeats: int) -> Measured:
        """Seconds, the least of all repeats, and peak memory of one micro-batch forwards and backwards."""
        if setting.gradient_checkpointing and not self.is_checkpointing:
            checkpoint_layers(self.loaded.model)
            self.is_checkpointing = True
            mx.clear_cache()
            forget_peak()
        rows = self.rows(setting)
        mx.reset_peak_memory()
        seconds = min(timed(lambda: self.gradient(rows)) for _ in range(repeats))
        peak = mx.get_peak_memory()
        forward = timed(lambda: self.loss(rows)) if setting.rows == 1 else 0.0
        return Measured(
            setting=setting, seconds=seconds, forward_seconds=forward, peak_memory=peak, process_peak=process_peak()
        )

    def rows(self, setting: Setting) -> list[Row]:
        """Rows of random tokens; of each the last is only predicted."""
        vocabulary, random = int(self.loaded.model.args.vocab_size), np.random.default_rng(SEED)
        tokens = random.integers(vocabulary, size=(setting.rows, setting.length + 1)).tolist()
        return [Row(index, tuple(row), setting.length + 1 - setting.answer) for index, row in enumerate(tokens)]

    def gradient(self, rows: Sequence[Row]) -> None:
        """Compute the rows' gradient, added up as a step does."""
        total: Any = None
        for part in self.gradients.parts(rows, mx.array(SEED, mx.uint32)):
            total = part.gradient if total is None else tree_map(mx.add, total, part.gradient)
        mx.eval(total)

    def loss(self, rows: Sequence[Row]) -> float:
        """The rows' loss, as an evaluation computes it."""
        self.quieten()
        return mean_loss(self.loaded.model, rows, len(rows), self.gradients.lanes)

    def quieten(self) -> None:
        """Switch dropout off."""
        self.loaded.model.eval()
        self.gradients.dropout.rows = None

    def update_seconds(self) -> float:
        """What clipping and the optimizer take; the rate is 0."""
        model = self.loaded.model
        optimizer = optim.AdamW(learning_rate=0.0, bias_correction=True)
        optimizer.init(model.trainable_parameters())
        gradient = tree_map(mx.zeros_like, model.trainable_parameters())

        def update() -> None:
            clipped, norm = optim.clip_grad_norm(gradient, 1.0)
            optimizer.update(model, clipped)
            mx.eval(norm, model.trainable_parameters(), optimizer.state)

        return min(timed(update) for _ in range(2))

    def decode_seconds(self, length: int) -> float:
        """What the next token of answers side by side takes, after prompts of ``length`` tokens."""
        self.quieten()
        rows = self.rows(Setting(rows=DECODED_ROWS, length=length, answer=1))
        more = max(answer["tokens"] for answer in generate(self.loaded, rows, 1 + DECODED_TOKENS)) - 1
        first = self.answer_seconds(rows, 1)
        whole = self.answer_seconds(rows, 1 + DECODED_TOKENS)
        # Of a model so small that the clock sees no difference, the prompt's share is counted too: it is never nothing.
        return (whole - first if whole > first else whole) / max(1, more)

    def answer_seconds(self, rows: Sequence[Row], tokens: int) -> float:
        """Seconds, the least of two, for answers of ``tokens`` tokens."""
        return min(timed(lambda: generate(self.loaded, rows, tokens)) for _ in range(2))


def timed(call: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
