"""The step loop. Its unit is the optimizer step over the effective batch; the micro-batch changes memory alone.

One step: sum the gradients of all micro-batches' summed NLL, divide by the step's completion tokens, clip, refuse
what is not finite, update with AdamW (bias-corrected) at the schedule's rate.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import mlx.core as mx
import mlx.optimizers as optim
import psutil
from mlx.utils import tree_map

from nyay_lib.data.order import steps_of_epoch
from nyay_lib.engine import checkpoint
from nyay_lib.engine.batches import Row, completion_tokens, input_tokens, length_order, micro_batches, read_rows
from nyay_lib.engine.canaries import CanaryRows
from nyay_lib.engine.checkpoint import State
from nyay_lib.engine.data_parallel import Sums, follow_first, over_all_ranks, require_same_work
from nyay_lib.engine.early_warning import check_divergence, check_not_silent, high_loss, is_looked_back_on, overfits
from nyay_lib.engine.gradient import Gradients
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.lora import Dropout
from nyay_lib.engine.loss import summed_loss
from nyay_lib.engine.memory import checkpoint_layers, process_peak
from nyay_lib.engine.model import attach_lora, load, load_adapter, trainable_parameters
from nyay_lib.engine.ranks import Ranks
from nyay_lib.errors import NyayError
from nyay_lib.files import write_json
from nyay_lib.jobs import Checkpointed, Covered, Event, Paused, Resumed, TrainJob, TrainStep, Validated, Warned
from nyay_lib.nights import now

Emit = Callable[[Event], None]


class NightEnded(Exception):
    """The hours are over in which training may run."""


@dataclass(slots=True)
class Trainer:
    """What one training run works with."""

    job: TrainJob
    emit: Emit
    model: Any
    dropout: Dropout
    optimizer: optim.AdamW
    rows: list[Row]
    validation: list[Row]
    state: State
    lanes: Lanes
    canaries: CanaryRows
    ranks: Ranks
    saved: State | None = None
    trained: list[Row] = field(default_factory=list[Row])

    @property
    def total(self) -> int:
        return self.job.config.optimizer_steps(len(self.rows))

    @property
    def steps_per_epoch(self) -> int:
        return self.total // self.job.config.training.epochs

    def run(self) -> bool:
        """Train from the state's step to the end, or until it overfits, with evaluations and checkpoints on the way.

        False when the night ended first: all that was done is safe then, and what was begun comes first next time.
        """
        try:
            if self.state.step == 0:
                self.keep_hours()
                self.answer_canaries()
            while self.close_step():
                self.keep_hours()
                step = self.state.step + 1
                if not self.step(step):
                    self.go_back(step)
        except NightEnded:
            self.save()
            self.emit(Paused(step=self.state.step))
            return False
        if self.state.step < self.total:
            self.warn_of_overfitting()
        self.tell_coverage()
        return True

    def close_step(self) -> bool:
        """Evaluate and save where the step that was done last calls for it; whether another one follows."""
        config, step = self.job.config, self.state.step
        due = step == self.total or step % config.eval_every_steps == 0
        improved = due and step > self.state.evaluated and self.validate()
        finished = step == self.total or self.overfits
        if finished or improved or step % config.save_every_steps == 0:
            self.save()
        return not finished

    def keep_hours(self) -> None:
        """Raises NightEnded outside the hours of training; on all ranks, whichever clock says so."""
        nights = self.job.config.time.nights
        if nights.hours is not None and self.ranks.any(not nights.is_open(now())):
            raise NightEnded

    @property
    def overfits(self) -> bool:
        """Whether validation has not improved for so long that training is to end."""
        return overfits(self.state.worse, self.job.config.training.patience)

    def warn_of_overfitting(self) -> None:
        state = self.state
        text = (
            f"stopped early: the validation loss has not improved at {state.worse} evaluations in a row; the best "
            f"step, {state.best_step}, is kept. Train with fewer training.epochs or more lora.dropout"
        )
        self.warn(text)

    def go_back(self, step: int) -> None:
        """To the newest checkpoint, once, with half the rate from there on."""
        rate = self.job.config.training.learning_rate
        if self.state.rate_scale < 1:
            raise NyayError(
                f"step {step}: loss or gradient is not finite, at half the rate too; nothing was updated. "
                f"Train with a lower training.learning_rate than {rate / 2:.2g}"
            )
        if self.ranks.first:
            state = checkpoint.newest(self.job.checkpoints, self.job.fingerprints, self.warn)
            assert state is not None  # there is one from step 0 on
            checkpoint.load(self.job.checkpoints, state, self.model, self.optimizer)
            self.state = replace(state, rate_scale=0.5)
            self.save()
        self.state = self.saved = follow_first(self.ranks, self.state, self.model, self.optimizer)
        back = self.state.step
        text = f"step {step}: loss or gradient was not finite; went back to step {back} at half the learning rate"
        self.emit(Warned(step=step, text=text))
        self.emit(Resumed(step=back))

    def step(self, step: int) -> bool:
        """One optimizer step; False, with nothing updated, when loss or gradient is not finite.

        Raises NyayError when training diverges.
        """
        start = time.perf_counter()
        rows = self.rows_of(step)
        loss, gradient = self.gradient(step, rows)
        gradient, norm = optim.clip_grad_norm(gradient, self.job.config.training.max_grad_norm)
        norm = float(norm)
        if not (math.isfinite(loss) and math.isfinite(norm)):
            return False
        check_not_silent(loss, norm, on_cpu=mx.default_device() == mx.cpu)
        rate = self.job.config.learning_rate(step, len(self.rows)) * self.state.rate_scale
        self.optimizer.learning_rate = mx.array(rate)
        self.optimizer.update(self.model, gradient)
        mx.eval(self.model.trainable_parameters(), self.optimizer.state)
        self.state = self.after(step, loss)
        self.report(step, rows, loss, rate, norm, time.perf_counter() - start)
        self.warn_early()
        return True

    def warn_early(self) -> None:
        """Raises NyayError when training diverges; warns, twice at most, of a loss that stays too high."""
        state, training = self.state, self.job.config.training
        check_divergence(state.trend, state.step, training.learning_rate)
        if is_looked_back_on(state.step, self.total, training.epochs):
            text = high_loss(state.trend, state.step, self.total, training.epochs, training.learning_rate)
            if text:
                self.warn(text)

    def after(self, step: int, loss: float) -> State:
        """The state when a step is done. What was trained on is counted from the rows that lay in its batches."""
        state, times = self.state, Counter(row.index for row in self.trained)
        return replace(
            state,
            step=step,
            trend=state.trend.after(loss),
            seen=tuple(seen + times[index] for index, seen in enumerate(state.seen)),
            tokens=state.tokens + input_tokens(self.trained),
            completion_tokens=state.completion_tokens + completion_tokens(self.trained),
        )

    def rows_of(self, step: int) -> list[Row]:
        """The effective batch of an optimizer step, counted from 1."""
        epoch, place = divmod(step - 1, self.steps_per_epoch)
        return [self.rows[i] for i in self.epoch(epoch)[place]]

    def epoch(self, epoch: int) -> list[list[int]]:
        training = self.job.config.training
        return _steps_of_epoch(
            tuple(len(row.tokens) for row in self.rows), training.effective_batch_size, training.seed, epoch
        )

    def gradient(self, step: int, rows: list[Row]) -> tuple[float, Any]:
        """Mean loss over the completion tokens of ``rows``, and its gradient."""
        gradients, loss, gradient = Gradients(self.model, self.dropout, self.lanes), 0.0, None
        self.trained.clear()
        seed = mx.array(_seed(self.job.config.training.seed, step), mx.uint32)
        share = self.ranks.share(sorted(rows, key=length_order))
        for micro_batch in micro_batches(share, self.job.micro_batch):
            for part in gradients.parts(micro_batch, seed):
                loss += part.loss
                gradient = part.gradient if gradient is None else tree_map(mx.add, gradient, part.gradient)
                self.trained.extend(part.rows)
            mx.eval(gradient)
        mine = Sums(loss, gradient, self.trained)
        loss, gradient, self.trained = over_all_ranks(self.ranks, rows, mine, self.model.trainable_parameters())
        tokens = completion_tokens(rows)
        return loss / tokens, tree_map(lambda g: g / tokens, gradient)

    def validate(self) -> bool:
        """Loss over the whole validation set; whether it is the lowest so far. Raises NyayError if it is not finite."""
        start = time.perf_counter()
        self.model.eval()
        self.dropout.rows = None
        # What the last night did not get done is done this night, however long it takes; and ranks do not look at the
        # clock between their micro-batches, since they do not have the same number of them.
        keep_hours = self.keep_hours if self.state != self.saved and self.ranks.count == 1 else lambda: None
        share = self.ranks.share(self.validation)
        total = summed_loss(self.model, share, self.job.micro_batch, self.lanes, keep_hours)
        loss = self.ranks.sum_value(total) / completion_tokens(self.validation)
        if not math.isfinite(loss):
            raise NyayError(
                f"step {self.state.step}: the validation loss is {loss!r}, though training is finite; train "
                f"with a lower training.learning_rate than {self.job.config.training.learning_rate:.2g}"
            )
        self.emit(Validated(step=self.state.step, loss=loss, seconds=time.perf_counter() - start))
        improved = self.state.best_loss is None or loss < self.state.best_loss
        best = {"best_step": self.state.step, "best_loss": loss, "worse": 0}
        change = best if improved else {"worse": self.state.worse + 1}
        self.state = replace(self.state, evaluated=self.state.step, **change)
        self.answer_canaries()
        return improved

    def answer_canaries(self) -> None:
        """Answer a few validation rows with the model as it stands."""
        if self.ranks.first and self.canaries.rows:
            self.model.eval()
            self.dropout.rows = None
            self.emit(self.canaries.answer(self.state.step))

    def save(self) -> None:
        """Make the state safe, if it is not."""
        if self.state != self.saved:
            if self.ranks.first:
                checkpoint.save(self.job.checkpoints, self.state, trainable_parameters(self.model), self.optimizer)
            self.saved = self.state
            self.emit(Checkpointed(step=self.state.step))

    def warn(self, text: str) -> None:
        self.emit(Warned(step=self.state.step, text=text))

    def tell_coverage(self) -> None:
        state = self.state
        self.emit(
            Covered(
                steps=state.step,
                rows=len(state.seen),
                least=min(state.seen),
                most=max(state.seen),
                tokens=state.tokens,
                completion_tokens=state.completion_tokens,
            )
        )

    def report(self, step: int, rows: list[Row], loss: float, rate: float, norm: float, seconds: float) -> None:
        self.emit(
            TrainStep(
                step=step,
                total=self.total,
                epoch=1 + (step - 1) // self.steps_per_epoch,
                loss=loss,
                learning_rate=rate,
                grad_norm=norm,
                tokens=input_tokens(rows),
                completion_tokens=completion_tokens(rows),
                seconds=seconds,
                peak_memory=mx.get_peak_memory(),
                active_memory=mx.get_active_memory(),
                cache_memory=mx.get_cache_memory(),
                process_memory=psutil.Process().memory_info().rss,
            )
        )


@lru_cache(maxsize=1)
def _steps_of_epoch(lengths: tuple[int, ...], batch: int, seed: int, epoch: int) -> list[list[int]]:
    return steps_of_epoch(lengths, batch, seed, epoch)


def _seed(seed: int, step: int) -> int:
    """The dropout seed of a step, before the row's index is added."""
    return (seed * 0x9E3779B1 + step * 0x85EBCA77) % 2**32


def train(job: TrainJob, emit: Emit) -> Mapping[str, Any]:
    """Train the adapter, or go on from the newest checkpoint, and write the best one in mlx-lm's form.

    Outside the hours of training only the checkpoint is written.
    """
    ranks = Ranks(job.config.distributed, emit)
    with checkpoint.sole_trainer(job.checkpoints) if ranks.first else nullcontext():
        trainer = prepare(job, emit, ranks)
        if trainer.run() and ranks.first:
            write_adapter(job, trainer)
    return {
        "steps": trainer.state.step,
        "best_step": trainer.state.best_step,
        "validation_loss": trainer.state.best_loss,
        "trainable_parameters": sum(p.size for p in trainable_parameters(trainer.model).values()),
        "peak_memory": mx.get_peak_memory(),
        "process_peak": process_peak(),
    }


def prepare(job: TrainJob, emit: Emit, ranks: Ranks) -> Trainer:
    """Model, adapter, optimizer and rows, as the newest checkpoint left them, or as the seed makes them."""
    loaded = load(job.base)
    mx.random.seed(job.config.training.seed)
    dropout = attach_lora(loaded.model, job.config.lora)
    if job.gradient_checkpointing:
        checkpoint_layers(loaded.model)
    optimizer = optim.AdamW(learning_rate=0.0, weight_decay=job.config.optimizer.weight_decay, bias_correction=True)
    optimizer.init(loaded.model.trainable_parameters())
    rows, validation = read_rows(job.train, loaded), read_rows(job.validation, loaded)
    fresh = State(step=0, fingerprints=job.fingerprints, seen=(0,) * len(rows))
    asked = job.config.evaluation
    canaries = CanaryRows(loaded, validation[: asked.canaries], asked.canary_tokens)
    lanes = Lanes(sharing=ranks.here)
    trainer = Trainer(job, emit, loaded.model, dropout, optimizer, rows, validation, fresh, lanes, canaries, ranks)
    if ranks.first:
        go_on(trainer)
    trainer.state = trainer.saved = follow_first(ranks, trainer.state, trainer.model, optimizer)
    require_same_work(ranks, loaded.model, [*rows, *validation], lanes)
    return trainer


def go_on(trainer: Trainer) -> None:
    """From the newest checkpoint, or from a first one that is written here."""
    job = trainer.job
    state = checkpoint.newest(job.checkpoints, job.fingerprints, trainer.warn)
    if state is None:
        if job.start:
            load_adapter(trainer.model, job.start)
        checkpoint.save(job.checkpoints, trainer.state, trainable_parameters(trainer.model), trainer.optimizer)
    else:
        checkpoint.load(job.checkpoints, state, trainer.model, trainer.optimizer)
        trainer.emit(Resumed(step=state.step))
    trainer.state = trainer.saved = state or trainer.state


def write_adapter(job: TrainJob, trainer: Trainer) -> None:
    """Write the best checkpoint's adapter, so that ``mlx_lm.load(base, adapter_path=...)`` opens it."""
    best = checkpoint.folder_of(job.checkpoints, trainer.state.best_step or trainer.state.step)
    load_adapter(trainer.model, best)
    lora, weights = job.config.lora, trainable_parameters(trainer.model)
    keys = sorted({".".join(name.split(".")[3:-1]) for name in weights})
    parameters = {"rank": lora.rank, "scale": lora.scale, "dropout": lora.dropout, "keys": keys}
    with checkpoint.writing(job.adapter, {checkpoint.ADAPTER: weights}) as folder:
        write_json(
            folder / "adapter_config.json",
            {"fine_tune_type": "lora", "num_layers": len(trainer.model.layers), "lora_parameters": parameters},
        )
