"""A training run from its job to its adapter: what it begins with, and what it leaves."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import mlx.core as mx
import mlx.optimizers as optim

from nyay_lib.engine import checkpoint
from nyay_lib.engine.batches import read_rows
from nyay_lib.engine.canaries import CanaryRows
from nyay_lib.engine.data_parallel import follow_first, require_same_work
from nyay_lib.engine.effective_batches import EffectiveBatches
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.learner import Learner
from nyay_lib.engine.memory import checkpoint_layers
from nyay_lib.engine.model import LoadedModel, attach_lora, load, load_adapter, trainable_parameters
from nyay_lib.engine.process_memory import process_peak
from nyay_lib.engine.ranks import Ranks
from nyay_lib.engine.state import State
from nyay_lib.engine.trainer import Trainer
from nyay_lib.files import write_json
from nyay_lib.jobs import Emit, Resumed, TrainJob


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
        "trainable_parameters": sum(p.size for p in trainable_parameters(trainer.learner.model).values()),
        "peak_memory": mx.get_peak_memory(),
        "process_peak": process_peak(),
    }


def prepare(job: TrainJob, emit: Emit, ranks: Ranks) -> Trainer:
    """Model, adapter, optimizer and rows, as the newest checkpoint left them, or as the seed makes them."""
    loaded = load(job.base)
    learner = learner_of(job, loaded, ranks)
    rows, validation = read_rows(job.train, loaded), read_rows(job.validation, loaded)
    fresh = State(step=0, fingerprints=job.fingerprints, seen=(0,) * len(rows))
    asked = job.config.evaluation
    canaries = CanaryRows(loaded, validation[: asked.canaries], asked.canary_tokens)
    batches = EffectiveBatches(rows, job.config)
    trainer = Trainer(job, emit, learner, batches, validation, canaries, ranks, fresh)
    if ranks.first:
        go_on(trainer)
    trainer.state = trainer.saved = follow_first(ranks, trainer.state, learner.model, learner.optimizer)
    require_same_work(ranks, learner.model, [*rows, *validation], learner.lanes)
    return trainer


def learner_of(job: TrainJob, loaded: LoadedModel, ranks: Ranks) -> Learner:
    """The model with a new adapter, as the seed makes it, and an optimizer that has no moments yet."""
    model, training = loaded.model, job.config.training
    mx.random.seed(training.seed)
    dropout = attach_lora(model, job.config.lora)
    if job.gradient_checkpointing:
        checkpoint_layers(model)
    optimizer = optim.AdamW(learning_rate=0.0, weight_decay=job.config.optimizer.weight_decay, bias_correction=True)
    optimizer.init(model.trainable_parameters())
    return Learner(model, dropout, optimizer, Lanes(sharing=ranks.here), ranks, job.micro_batch, training.seed)


def go_on(trainer: Trainer) -> None:
    """From the newest checkpoint, or from a first one that is written here."""
    job, model, optimizer = trainer.job, trainer.learner.model, trainer.learner.optimizer
    state = checkpoint.newest(job.checkpoints, job.fingerprints, trainer.warn)
    if state is None:
        if job.start:
            load_adapter(model, job.start)
        checkpoint.save(job.checkpoints, trainer.state, trainable_parameters(model), optimizer)
    else:
        checkpoint.load(job.checkpoints, state, model, optimizer)
        trainer.emit(Resumed(step=state.step))
    trainer.state = trainer.saved = state or trainer.state


def write_adapter(job: TrainJob, trainer: Trainer) -> None:
    """Write the best checkpoint's adapter, so that ``mlx_lm.load(base, adapter_path=...)`` opens it."""
    model = trainer.learner.model
    best = checkpoint.folder_of(job.checkpoints, trainer.state.best_step or trainer.state.step)
    load_adapter(model, best)
    lora, weights = job.config.lora, trainable_parameters(model)
    keys = sorted({".".join(name.split(".")[3:-1]) for name in weights})
    parameters = {"rank": lora.rank, "scale": lora.scale, "dropout": lora.dropout, "keys": keys}
    with checkpoint.writing(job.adapter, {checkpoint.ADAPTER: weights}) as folder:
        write_json(
            folder / "adapter_config.json",
            {"fine_tune_type": "lora", "num_layers": len(model.layers), "lora_parameters": parameters},
        )
