"""A tiny quantised base and a few conversations, made once."""

import sys
from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.config import PipelineConfig
from nyay_lib.data.chat import chat_line
from nyay_lib.engine import device
from nyay_lib.jobs import QuantizeBaseJob, TrainJob, finish, run_job

# Before anything imports mlx: a BLAS loaded later would not be found.
if "mlx.core" not in sys.modules:
    device.prepare()

SENTENCE = "the appeal is allowed and the order of the High Court under Section 420 of the Penal Code is set aside"
WORDS = SENTENCE.split()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLX folder of the tiny model with 8-bit weights."""
    folder = tmp_path_factory.mktemp("base")
    make_tiny(folder / "source")
    finish(run_job(QuantizeBaseJob(source=folder / "source", target=folder / "mlx", bits=8), folder / "job"))
    return folder / "mlx"


@pytest.fixture(scope="session")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-one conversations of different lengths: not a multiple of any batch."""
    path = tmp_path_factory.mktemp("chats") / "train_mlx.jsonl"
    lines = [
        chat_line(" ".join(WORDS[i % 7 : i % 7 + 3 + i % 11]), " ".join(WORDS[i % 5 : i % 5 + 4 + i % 9]))
        for i in range(21)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trained(base: Path, chats: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained adapter of the tiny model, far from where it began."""
    folder = tmp_path_factory.mktemp("trained")
    finish(run_job(train_job(base, chats, folder, epochs=8, learning_rate=2e-2), folder / "job"))
    return folder / "adapter"


def train_job(base: Path, chats: Path, folder: Path, micro: int = 4, **training: object) -> TrainJob:
    """Train on ``chats`` in ``folder``; the effective batch is 8 whatever the micro-batch."""
    settings = {"batch_size": 4, "gradient_accumulation": 2, "epochs": 3, "learning_rate": 5e-3, **training}
    dropout = settings.pop("dropout", 0.05)
    config = PipelineConfig.model_validate(
        {
            "training": settings,
            "lora": {"dropout": dropout},
            "checkpointing": {"save_every": 4, "eval_every": 6},
        }
    )
    return TrainJob(
        config=config,
        base=base,
        train=chats,
        validation=chats,
        checkpoints=folder / "checkpoints",
        adapter=folder / "adapter",
        fingerprints={"data set": "d"},
        micro_batch=micro,
        gradient_checkpointing=False,
    )
