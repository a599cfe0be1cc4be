"""The step loop. Its unit is the optimizer step over the effective batch; the micro-batch changes memory alone.

A gradient is clipped, and one that is not finite is refused. Evaluations, checkpoints, warnings and the hours of
training come between two steps.
"""

import math
import time
from dataclasses import dataclass, replace

import mlx.core as mx
import mlx.optimizers as optim
import psutil

from nyay_lib.engine import checkpoint
from nyay_lib.engine.batches import Row, completion_tokens, input_tokens
from nyay_lib.engine.canaries import CanaryRows
from nyay_lib.engine.data_parallel import follow_first
from nyay_lib.engine.early_warning import check_divergence, check_not_silent, high_loss, is_looked_back_on, overfits
from nyay_lib.engine.effective_batches import EffectiveBatches
from nyay_lib.engine.learner import Learner
from nyay_lib.engine.model import trainable_parameters
from nyay_lib.engine.ranks import Ranks
from nyay_lib.engine.state import State
from nyay_lib.errors import NyayError
from nyay_lib.jobs import Checkpointed, Emit, Paused, Resumed, TrainJob, TrainStep, Validated, Warned
from nyay_lib.nights import now


class NightEnded(Exception):
    """The hours are over in which training may run."""


@dataclass(slots=True)
class Trainer:
    """What one training run works with."""

    job: TrainJob
    emit: Emit
    learner: Learner
    batches: EffectiveBatches
    validation: list[Row]
    canaries: CanaryRows
    ranks: Ranks
    state: State
    saved: State | None = None

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
        if self.state.step < self.batches.total:
            self.warn_of_overfitting()
        self.emit(self.state.covered())
        return True

    def close_step(self) -> bool:
        """Evaluate and save where the step that was done last calls for it; whether another one follows."""
        config, step, total = self.job.config, self.state.step, self.batches.total
        due = step == total or step % config.eval_every_steps == 0
        improved = due and step > self.state.evaluated and self.validate()
        finished = step == total or overfits(self.state.worse, config.training.patience)
        if finished or improved or step % config.save_every_steps == 0:
            self.save()
        return not finished

    def keep_hours(self) -> None:
        """Raises NightEnded outside the hours of training; on all ranks, whichever clock says so."""
        nights = self.job.config.time.nights
        if nights.hours is not None and self.ranks.any(not nights.is_open(now())):
            raise NightEnded

    def go_back(self, step: int) -> None:
        """To the newest checkpoint, once, with half the rate from there on."""
        rate = self.job.config.training.learning_rate
        if self.state.rate_scale < 1:
            raise NyayError(
                f"step {step}: loss or gradient is not finite, at half the rate too; nothing was updated. "
                f"Train with a lower training.learning_rate than {rate / 2:.2g}"
            )
        model, optimizer = self.learner.model, self.learner.optimizer
        if self.ranks.first:
            state = checkpoint.newest(self.job.checkpoints, self.job.fingerprints, self.warn)
            assert state is not None  # there is one from step 0 on
            checkpoint.load(self.job.checkpoints, state, model, optimizer)
            self.state = replace(state, rate_scale=0.5)
            self.save()
        self.state = self.saved = follow_first(self.ranks, self.state, model, optimizer)
        back = self.state.step
        text = f"step {step}: loss or gradient was not finite; went back to step {back} at half the learning rate"
        self.emit(Warned(step=step, text=text))
        self.emit(Resumed(step=back))

    def step(self, step: int) -> bool:
        """One optimizer step; False, with nothing updated, when loss or gradient is not finite.

        Raises NyayError when training diverges.
        """
        start = time.perf_counter()
        rows, config = self.batches.of(step), self.job.config
        loss, gradient, trained = self.learner.means(step, rows)
        gradient, norm = optim.clip_grad_norm(gradient, config.training.max_grad_norm)
        norm = float(norm)
        if not (math.isfinite(loss) and math.isfinite(norm)):
            return False
        check_not_silent(loss, norm, on_cpu=mx.default_device() == mx.cpu)
        rate = config.learning_rate(step, len(self.batches.rows)) * self.state.rate_scale
        self.learner.update(gradient, rate)
        self.state = self.state.after(step, loss, trained)
        self.report(step, rows, loss, rate, norm, time.perf_counter() - start)
        self.warn_early()
        return True

    def validate(self) -> bool:
        """Loss over the whole validation set; whether it is the lowest so far. Raises NyayError if it is not finite."""
        start = time.perf_counter()
        # What the last night did not get done is done this night, however long it takes; and ranks do not look at the
        # clock between their micro-batches, since they do not have the same number of them.
        keep_hours = self.keep_hours if self.state != self.saved and self.ranks.count == 1 else lambda: None
        loss = self.learner.loss_over(self.validation, keep_hours)
        if not math.isfinite(loss):
            raise NyayError(
                f"step {self.state.step}: the validation loss is {loss!r}, though training is finite; train "
                f"with a lower training.learning_rate than {self.job.config.training.learning_rate:.2g}"
            )
        self.emit(Validated(step=self.state.step, loss=loss, seconds=time.perf_counter() - start))
        self.state = self.state.validated(loss)
        self.answer_canaries()
        return self.state.worse == 0

    def answer_canaries(self) -> None:
        """Answer a few validation rows with the model as it stands."""
        if self.ranks.first and self.canaries.rows:
            self.learner.switch_dropout_off()
            self.emit(self.canaries.answer(self.state.step))

    def save(self) -> None:
        """Make the state safe, if it is not."""
        if self.state != self.saved:
            if self.ranks.first:
                adapter = trainable_parameters(self.learner.model)
                checkpoint.save(self.job.checkpoints, self.state, adapter, self.learner.optimizer)
            self.saved = self.state
            self.emit(Checkpointed(step=self.state.step))

    def report(self, step: int, rows: list[Row], loss: float, rate: float, norm: float, seconds: float) -> None:
        self.emit(
            TrainStep(
                step=step,
                total=self.batches.total,
                epoch=self.batches.epoch_of(step),
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

    def warn_early(self) -> None:
        """Raises NyayError when training diverges; warns, twice at most, of a loss that stays too high."""
        state, training, total = self.state, self.job.config.training, self.batches.total
        check_divergence(state.trend, state.step, training.learning_rate)
        if is_looked_back_on(state.step, total, training.epochs):
            text = high_loss(state.trend, state.step, total, training.epochs, training.learning_rate)
            if text:
                self.warn(text)

    def warn_of_overfitting(self) -> None:
        state = self.state
        text = (
            f"stopped early: the validation loss has not improved at {state.worse} evaluations in a row; the best "
            f"step, {state.best_step}, is kept. Train with fewer training.epochs or more lora.dropout"
        )
        self.warn(text)

    def warn(self, text: str) -> None:
        self.emit(Warned(step=self.state.step, text=text))
