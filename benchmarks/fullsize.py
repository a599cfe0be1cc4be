"""Does a model of Llama 3.2 3B's exact shapes train at 2,048 tokens on a CPU: in how much memory, how fast?

Random 8-bit weights, written tensor by tensor; then the engine's own training job: forward, backward, update,
checkpoint, a stop, and a resume. One row a step, with gradient checkpointing, as on the ladder's last rung. The peak is
set beside what preflight predicts. Needs 5 GB of disk in the temporary folder at full size.

python benchmarks/fullsize.py
"""

import argparse
import json
import math
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nyay_lib.base_model.llama import LLAMA_32_3B, LlamaShape
from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.base_model.weights import LENGTH
from nyay_lib.config import PipelineConfig
from nyay_lib.data.chat import chat_line
from nyay_lib.files import write_json
from nyay_lib.jobs import Checkpointed, Event, Resumed, Started, TrainJob, TrainStep, run_job
from nyay_lib.preflight import predicted_memory
from nyay_lib.prompt import chat_format, conversation

LENGTH_TOKENS, STEPS = 2048, 2
GROUP, BITS = 64, 8
# Standard deviation of the integers 0 to 255, all as likely.
DEVIATION = math.sqrt((256**2 - 1) / 12)
DISK_SLACK = 1 << 30
GIB = 1 << 30
TEXT = "the appeal is allowed and the order of the High Court under Section 420 of the Penal Code is set aside "


@dataclass(slots=True)
class Seen:
    """What the events of a run and of its resumption told."""

    device: str = ""
    resumed_after: int | None = None
    steps: list[TrainStep] | None = None

    def take(self, event: Event) -> None:
        """Note one event."""
        if isinstance(event, Started):
            self.device = event.device
        elif isinstance(event, Resumed):
            self.resumed_after = event.step
        elif isinstance(event, TrainStep):
            self.steps = [*(self.steps or []), event]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--layers", type=int, default=LLAMA_32_3B.layers)
    parser.add_argument("--length", type=int, default=LENGTH_TOKENS, help="tokens of a row")
    parser.add_argument("--vocab", type=int, default=LLAMA_32_3B.vocab)
    given = parser.parse_args()
    shape = replace(LLAMA_32_3B, layers=given.layers, vocab=given.vocab)
    with tempfile.TemporaryDirectory(prefix="nyay-benchmark-") as name:
        needs_disk(Path(name), packed_bytes(shape) + DISK_SLACK)
        print(json.dumps(figures(Path(name), shape, given.length)))


def needs_disk(folder: Path, needed: float) -> None:
    """End here when the disk is too full."""
    if (free := shutil.disk_usage(folder).free) < needed:
        raise SystemExit(
            f"{folder}: has {free / GIB:.1f} GiB free, {needed / GIB:.1f} are needed; let TMPDIR name another disk"
        )


# --- the model ------------------------------------------------------------------------------------------------------


def make_model(folder: Path, shape: LlamaShape) -> None:
    """An MLX folder with random weights and a small tokenizer, in the memory of one tensor."""
    make_tiny(folder)
    config = json.loads((folder / "config.json").read_bytes())
    ids = [config[f"{name}_token_id"] for name in ("bos", "eos", "pad")]
    quantization = {"group_size": GROUP, "bits": BITS, "mode": "affine"}
    write_json(folder / "config.json", shape.config(*ids) | {"quantization": quantization})
    with (folder / "model.safetensors").open("wb") as file:
        write_weights(file, shape)


def layout(shape: LlamaShape) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Name, type and shape of each tensor as MLX packs it: words of four weights, and a scale and bias a group."""
    for name, size in shape.tensors().items():
        if len(size) == 1:
            yield name, "F16", size
            continue
        outputs, inputs = size
        yield name, "U32", (outputs, inputs * BITS // 32)
        for part in ("scales", "biases"):
            yield name.replace("weight", part), "F16", (outputs, inputs // GROUP)


def size_of(kind: str, shape: tuple[int, ...]) -> int:
    return math.prod(shape) * (4 if kind == "U32" else 2)


def packed_bytes(shape: LlamaShape) -> int:
    """Bytes of all weights."""
    return sum(size_of(kind, size) for _, kind, size in layout(shape))


def write_weights(file: BinaryIO, shape: LlamaShape) -> None:
    """Header and tensors in the safetensors format."""
    entries: dict[str, Any] = {"__metadata__": {"format": "mlx"}}
    start = 0
    for name, kind, size in layout(shape):
        end = start + size_of(kind, size)
        entries[name] = {"dtype": kind, "shape": size, "data_offsets": [start, end]}
        start = end
    header = json.dumps(entries).encode()
    header += b" " * (-len(header) % 8)
    file.write(LENGTH.pack(len(header)) + header)
    random = np.random.default_rng(0)
    for name, kind, size in layout(shape):
        file.write(values(random, name, kind, size))


def values(random: np.random.Generator, name: str, kind: str, size: tuple[int, ...]) -> bytes:
    """Random integers, with scales that keep the size of what flows through, and biases that centre them."""
    if kind == "U32":
        return random.bytes(size_of(kind, size))
    scale = 1.0 if len(size) == 1 else 1 / (DEVIATION * math.sqrt(size[1] * GROUP))
    value = -127.5 * scale if name.endswith("biases") else scale
    return np.full(size, value, np.float16).tobytes()


# --- training -------------------------------------------------------------------------------------------------------


def write_rows(path: Path, model: Path, rows: int, length: int) -> int:
    """Rows of nearly ``length`` tokens, the last quarter an answer; returns the tokens of one."""
    tokenizer = load_tokenizer(model)
    chat = chat_format(tokenizer.get_vocab())

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    each = count(TEXT)
    answer = TEXT * max(1, length // (4 * each))
    room = length - count(answer + chat.end) - count(chat.prompt(conversation("")))
    question = TEXT * max(1, room // each)
    path.write_text(chat_line(question, answer) * rows, encoding="utf-8")
    return count(chat.prompt(conversation(question))) + count(answer + chat.end)


def training(folder: Path, length: int) -> TrainJob:
    """Steps of one row, each followed by a checkpoint."""
    config = PipelineConfig.model_validate(
        {
            "training": {"batch_size": 1, "gradient_accumulation": 1, "epochs": 1, "max_seq_length": length},
            "checkpointing": {"save_every": 1, "eval_every": 10**6},
            "evaluation": {"canaries": 0},
        }
    )
    return TrainJob(
        config=config,
        base=folder / "model",
        train=folder / "train.jsonl",
        validation=folder / "validation.jsonl",
        checkpoints=folder / "checkpoints",
        adapter=folder / "adapter",
        fingerprints={"model": "random"},
        micro_batch=1,
        gradient_checkpointing=True,
    )


def train(job: TrainJob, folder: Path) -> Seen:
    """Train, end the child after its first checkpoint, and go on from there."""
    seen = Seen()
    events = run_job(job, folder)
    for event in events:
        seen.take(event)
        if isinstance(event, Checkpointed):
            events.close()
            break
    for event in run_job(job, folder):
        seen.take(event)
    return seen


def figures(folder: Path, shape: LlamaShape, length: int) -> dict[str, Any]:
    """Make the model, train it, and set the peak beside the prediction."""
    start = time.monotonic()
    make_model(folder / "model", shape)
    making = time.monotonic() - start
    row_tokens = write_rows(folder / "train.jsonl", folder / "model", STEPS, length)
    write_rows(folder / "validation.jsonl", folder / "model", 1, 1)
    job = training(folder, length)
    seen = train(job, folder / "job")
    steps = seen.steps or []
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    count = sum(math.prod(size) for size in shape.tensors().values())
    predicted = predicted_memory(job.config, count, smallest=True)
    return {
        "peak_gib_3b": round(peak / GIB, 2),
        "seconds_per_step_3b": round(statistics.median(step.seconds for step in steps), 2),
        "full_size": (shape, length) == (LLAMA_32_3B, LENGTH_TOKENS),
        "predicted_gib": round(predicted / GIB, 2),
        "peak_over_predicted": round(peak / predicted, 3),
        "mlx_peak_gib": round(max(step.peak_memory for step in steps) / GIB, 2),
        "seconds": [round(step.seconds, 2) for step in steps],
        "losses": [step.loss for step in steps],
        "repeats": len(steps),
        "resumed_after_step": seen.resumed_after,
        "row_tokens": row_tokens,
        "layers": shape.layers,
        "parameters": count,
        "weights_gib": round(packed_bytes(shape) / GIB, 2),
        "seconds_making_weights": round(making, 1),
        "device": seen.device,
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in ("mlx", "mlx-lm", "numpy")},
    }


if __name__ == "__main__":
    main()
