"""The step loop. Its unit is the optimizer step over the effective batch; the micro-batch changes memory alone.

One step: sum the gradients of all micro-batches' summed NLL, divide by the step's completion tokens, clip, refuse
what is not finite, update with AdamW (bias-corrected) at the schedule's rate.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import psutil
from mlx.utils import tree_map

from nyay_lib.engine import checkpoint
from nyay_lib.engine.batches import Row, micro_batches, pad, read_rows, steps_of_epoch
from nyay_lib.engine.checkpoint import State
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.lora import Dropout
from nyay_lib.engine.loss import mean_loss, nll_sum
from nyay_lib.engine.memory import checkpoint_layers
from nyay_lib.engine.model import attach_lora, load, load_adapter, trainable_parameters
from nyay_lib.errors import NyayError
from nyay_lib.files import replacing_folder, write_json
from nyay_lib.jobs import Checkpointed, Event, Resumed, TrainJob, TrainStep, Validated

Emit = Callable[[Event], None]


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

    @property
    def total(self) -> int:
        return self.job.config.optimizer_steps(len(self.rows))

    def run(self) -> None:
        """Train from the state's step to the end, with evaluations and checkpoints on the way."""
        config = self.job.config
        for step in range(self.state.step + 1, self.total + 1):
            self.step(step)
            self.state = replace(self.state, step=step)
            last = step == self.total
            improved = (last or step % config.eval_every_steps == 0) and self.validate()
            if last or improved or step % config.save_every_steps == 0:
                self.save()

    def step(self, step: int) -> None:
        """One optimizer step; raises NyayError before the update when loss or gradient is not finite."""
        start = time.perf_counter()
        rows = self.rows_of(step)
        loss, gradient = self.gradient(step, rows)
        gradient, norm = optim.clip_grad_norm(gradient, self.job.config.training.max_grad_norm)
        norm = float(norm)
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise NyayError(
                f"step {step}: the loss is {loss!r} and the gradient's norm {norm!r}; nothing was updated. "
                f"Train with a lower training.learning_rate than {self.job.config.training.learning_rate}"
            )
        rate = self.job.config.learning_rate(step, len(self.rows))
        self.optimizer.learning_rate = mx.array(rate)
        self.optimizer.update(self.model, gradient)
        mx.eval(self.model.trainable_parameters(), self.optimizer.state)
        self.report(step, rows, loss, rate, norm, time.perf_counter() - start)

    def rows_of(self, step: int) -> list[Row]:
        """The effective batch of an optimizer step, counted from 1."""
        per_epoch = self.total // self.job.config.training.epochs
        epoch, place = divmod(step - 1, per_epoch)
        return [self.rows[i] for i in self.epoch(epoch)[place]]

    def epoch(self, epoch: int) -> list[list[int]]:
        training = self.job.config.training
        return _steps_of_epoch(
            tuple(len(row.tokens) for row in self.rows), training.effective_batch_size, training.seed, epoch
        )

    def gradient(self, step: int, rows: list[Row]) -> tuple[float, Any]:
        """Mean loss over the completion tokens of ``rows``, and its gradient."""
        value_and_gradient = nn.value_and_grad(self.model, nll_sum)
        loss, gradient = 0.0, None
        self.model.train()
        seed = mx.array(_seed(self.job.config.training.seed, step), mx.uint32)
        for micro_batch in micro_batches(rows, self.job.micro_batch):
            parts: list[tuple[mx.array, Any]] = []
            for number, lane_rows in enumerate(self.lanes.deal(micro_batch)):
                with self.lanes.lane(number):
                    batch = pad(lane_rows)
                    self.dropout.rows = batch.rows + seed
                    parts.append(value_and_gradient(self.model, batch))
            mx.eval(parts)
            for part, part_gradient in parts:
                loss += float(part)
                gradient = part_gradient if gradient is None else tree_map(mx.add, gradient, part_gradient)
            mx.eval(gradient)
        tokens = sum(row.completion_tokens for row in rows)
        return loss / tokens, tree_map(lambda g: g / tokens, gradient)

    def validate(self) -> bool:
        """Loss over the whole validation set; whether it is the lowest so far."""
        self.model.eval()
        self.dropout.rows = None
        loss = mean_loss(self.model, self.validation, self.job.micro_batch, self.lanes)
        self.emit(Validated(step=self.state.step, loss=loss))
        improved = self.state.best_loss is None or loss < self.state.best_loss
        if improved:
            self.state = replace(self.state, best_step=self.state.step, best_loss=loss)
        return improved

    def save(self) -> None:
        checkpoint.save(self.job.checkpoints, self.state, trainable_parameters(self.model), self.optimizer)
        self.emit(Checkpointed(step=self.state.step))

    def report(self, step: int, rows: list[Row], loss: float, rate: float, norm: float, seconds: float) -> None:
        self.emit(
            TrainStep(
                step=step,
                total=self.total,
                loss=loss,
                learning_rate=rate,
                grad_norm=norm,
                tokens=sum(len(row.tokens) - 1 for row in rows),
                completion_tokens=sum(row.completion_tokens for row in rows),
                seconds=seconds,
                peak_memory=mx.get_peak_memory(),
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
    """Train the adapter, or go on from the newest checkpoint, and write the best one in mlx-lm's form."""
    loaded = load(job.base)
    mx.random.seed(job.config.training.seed)
    dropout = attach_lora(loaded.model, job.config.lora)
    if job.gradient_checkpointing:
        checkpoint_layers(loaded.model)
    optimizer = optim.AdamW(learning_rate=0.0, weight_decay=job.config.optimizer.weight_decay, bias_correction=True)
    optimizer.init(loaded.model.trainable_parameters())
    state = checkpoint.newest(job.checkpoints, job.fingerprints)
    if state is not None:
        checkpoint.load(job.checkpoints, state, loaded.model, optimizer)
        emit(Resumed(step=state.step))
    rows, validation = read_rows(job.train, loaded), read_rows(job.validation, loaded)
    start = state or State(step=0, fingerprints=job.fingerprints)
    trainer = Trainer(job, emit, loaded.model, dropout, optimizer, rows, validation, start, Lanes())
    trainer.run()
    write_adapter(job, trainer)
    return {
        "steps": trainer.total,
        "best_step": trainer.state.best_step,
        "validation_loss": trainer.state.best_loss,
        "trainable_parameters": sum(p.size for p in trainable_parameters(loaded.model).values()),
        "peak_memory": mx.get_peak_memory(),
    }


def write_adapter(job: TrainJob, trainer: Trainer) -> None:
    """Write the best checkpoint's adapter, so that ``mlx_lm.load(base, adapter_path=...)`` opens it."""
    best = checkpoint.folder_of(job.checkpoints, trainer.state.best_step or trainer.state.step)
    load_adapter(trainer.model, best)
    lora = job.config.lora
    keys = sorted({".".join(name.split(".")[3:-1]) for name in trainable_parameters(trainer.model)})
    parameters = {"rank": lora.rank, "scale": lora.scale, "dropout": lora.dropout, "keys": keys}
    with replacing_folder(job.adapter) as folder:
        mx.save_safetensors(str(folder / "adapters.safetensors"), trainable_parameters(trainer.model))
        write_json(
            folder / "adapter_config.json",
            {"fine_tune_type": "lora", "num_layers": len(trainer.model.layers), "lora_parameters": parameters},
        )
