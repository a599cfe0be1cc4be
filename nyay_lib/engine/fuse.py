"""Base and adapter, or the base alone, to one model: dequantised and added in f32, stored in f16.

Measured as KL to the model that was trained, this is 400 times closer than storing bf16 and 800 times closer than
quantising again. Tensors are streamed, so memory holds one shard.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import mlx.core as mx

from nyay_lib.base_model.tokenizer import install_tokenizer
from nyay_lib.errors import ExportError
from nyay_lib.files import replacing_folder, write_json
from nyay_lib.jobs import Event, FuseJob, Progress

SHARD_BYTES = 1 << 30
F16_MAX = 65504.0


def fuse(job: FuseJob, emit: Callable[[Event], None]) -> Mapping[str, Any]:
    """Write a Hugging Face folder: config, f16 shards with their index, the original tokenizer with our template."""
    config = json.loads((job.base / "config.json").read_text())
    quantization = config.pop("quantization", None) or {}
    config.pop("quantization_config", None)
    base = load_lazily(job.base)
    deltas = adapter_deltas(job.adapter) if job.adapter else {}
    if unknown := sorted(set(deltas) - {name.removesuffix(".weight") for name in base}):
        raise ExportError(f"{job.adapter}: adapts {unknown[0]!r}, which the base in {job.base} does not have")
    with replacing_folder(job.target) as folder:
        size = write_shards(folder, fused_tensors(base, deltas, quantization, emit))
        write_json(folder / "config.json", config | {"torch_dtype": "float16", "dtype": "float16"})
        install_tokenizer(job.base, folder)
    return {"bytes": size, "adapted": len(deltas)}


def load_lazily(folder: Path) -> dict[str, mx.array]:
    """All tensors of a folder, read from disk only when they are used."""
    tensors: dict[str, mx.array] = {}
    for shard in sorted(folder.glob("model*.safetensors")):
        loaded: Any = mx.load(str(shard))
        tensors |= loaded
    return tensors


def adapter_deltas(adapter: Path) -> dict[str, tuple[mx.array, mx.array, float]]:
    """For each adapted module the factors A (inputs, rank) and B (rank, outputs), and the scale."""
    scale = json.loads((adapter / "adapter_config.json").read_text())["lora_parameters"]["scale"]
    tensors = load_adapter_tensors(adapter)
    modules = {name.removesuffix(".lora_a") for name in tensors if name.endswith(".lora_a")}
    return {name: (tensors[f"{name}.lora_a"], tensors[f"{name}.lora_b"], scale) for name in modules}


def load_adapter_tensors(adapter: Path) -> dict[str, mx.array]:
    loaded: Any = mx.load(str(adapter / "adapters.safetensors"))
    return loaded


def fused_tensors(
    base: dict[str, mx.array],
    deltas: Mapping[str, tuple[mx.array, mx.array, float]],
    quantization: Mapping[str, Any],
    emit: Callable[[Event], None],
) -> Iterator[tuple[str, mx.array]]:
    """Name and f16 value of each tensor of the fused model, one in memory at a time."""
    names = sorted(name for name in base if not name.endswith((".scales", ".biases")))
    for done, name in enumerate(names, start=1):
        module = name.removesuffix(".weight")
        weight = base.pop(name)
        if f"{module}.scales" in base:
            scales, biases = (base.pop(f"{module}.{part}").astype(mx.float32) for part in ("scales", "biases"))
            weight = mx.dequantize(weight, scales, biases, quantization["group_size"], quantization["bits"])
        weight = weight.astype(mx.float32)
        if module in deltas:
            a, b, scale = deltas[module]
            weight = weight + scale * (a.astype(mx.float32) @ b.astype(mx.float32)).T
        yield name, to_f16(name, weight)
        emit(Progress(done=done, total=len(names), what="tensors"))


def to_f16(name: str, weight: mx.array) -> mx.array:
    """Raises ExportError for a value that f16 cannot hold."""
    largest = float(mx.max(mx.abs(weight)))
    if not largest <= F16_MAX:
        raise ExportError(f"{name}: its largest value is {largest!r}, which f16 cannot hold; the training has diverged")
    return weight.astype(mx.float16)


def write_shards(folder: Path, tensors: Iterator[tuple[str, mx.array]]) -> int:
    """Write shards of at most SHARD_BYTES (one tensor at least) and their index; returns the bytes of all tensors."""
    shards: list[list[str]] = []
    shard: dict[str, mx.array] = {}
    total = 0

    def flush() -> None:
        shards.append(list(shard))
        mx.save_safetensors(str(folder / shard_name(len(shards))), shard, metadata={"format": "pt"})
        shard.clear()

    for name, tensor in tensors:
        if shard and sum(t.nbytes for t in shard.values()) + tensor.nbytes > SHARD_BYTES:
            flush()
        mx.eval(tensor)
        shard[name] = tensor
        total += tensor.nbytes
    flush()
    index = {name: shard_name(i) for i, names in enumerate(shards, start=1) for name in names}
    write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": index})
    return total


def shard_name(number: int) -> str:
    return f"model-{number:05d}.safetensors"
