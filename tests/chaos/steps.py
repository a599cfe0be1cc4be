"""Every step of the way, and how to have it done again: the rows of the matrix.

A test compares this list with the tasks of the flow, so that a new one cannot be forgotten here.
"""

from dataclasses import dataclass
from typing import Literal

BASE, SOURCE = "cache/base-" + "[0-9a-f]" * 16, "cache/" + "[0-9a-f]" * 16
RUN = "runs/chaos"
WEIGHTS = f"{BASE}/model.safetensors"
ADAPTER = f"{RUN}/adapter/adapters.safetensors"
SHIPPED = f"{RUN}/gguf/nyay-ai-q4_k_m.gguf"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a ``task``: the work of the function ``span``, given as module:name.

    ``made`` are globs of what it makes, which is removed so that it is done again; ``inputs`` of what it reads, each
    of which a flipped byte is planted in. ``network`` is whom it talks to.
    """

    name: str
    task: str
    span: str
    made: tuple[str, ...]
    inputs: tuple[str, ...]
    network: Literal["hub", "Ollama"] | None = None


# Tasks that are no rows, and why.
NO_ROWS = {"look-for-news": "only says whether there is anything to train on, and makes nothing"}
STEPS = (
    Step(
        "preflight",
        "preflight",
        "flows.train_nyay:preflight",
        (f"{RUN}/jobs/preflight",),
        ("data/train.jsonl",),
        "Ollama",
    ),
    Step("download", "download-base", "nyay_lib.base_model.prepared:fetch_source", (SOURCE,), (), "hub"),
    Step(
        "8-bit base",
        "download-base",
        "nyay_lib.base_model.prepared:run_job",
        (BASE, f"{BASE}.json"),
        (f"{SOURCE}/model/model.safetensors",),
    ),
    Step(
        "convert",
        "convert",
        "flows.train_nyay:convert",
        ("cache/dataset-*", f"{RUN}/jobs/convert"),
        ("data/train.jsonl",),
    ),
    Step(
        "train",
        "train",
        "nyay_lib.training:run_ranks",
        (f"{RUN}/adapter", f"{RUN}/checkpoints", f"{RUN}/jobs/train"),
        (WEIGHTS, "cache/dataset-*/train_mlx.jsonl"),
    ),
    Step(
        "evaluate",
        "evaluate",
        "flows.train_nyay:evaluate",
        (f"{RUN}/evaluation/tuned", f"{RUN}/evaluation/samples.json", f"{RUN}/jobs/evaluate", "cache/compared-*"),
        (ADAPTER, WEIGHTS, "cache/dataset-*/val_mlx.jsonl"),
    ),
    Step("fuse", "fuse", "flows.train_nyay:fuse", (f"{RUN}/merged", f"{RUN}/jobs/fuse"), (ADAPTER, WEIGHTS)),
    Step(
        "GGUF",
        "quantize",
        "nyay_lib.export.quantizing:write_gguf",
        (f"{RUN}/gguf", f"{RUN}/jobs/quantize"),
        (f"{RUN}/merged/model-00001-of-00001.safetensors",),
    ),
    Step(
        "quantise",
        "quantize",
        "nyay_lib.export.quantizing:run_job",
        (f"{RUN}/gguf", f"{RUN}/jobs/quantize"),
        (f"{RUN}/gguf/nyay-ai-f16.gguf",),
    ),
    Step(
        "judge",
        "register",
        "nyay_lib.evaluation.judging:_measure",
        (
            *(f"{RUN}/evaluation/{name}.json" for name in ("verdict", "report", "answers")),
            *(f"cache/{name}-*" for name in ("answers", "losses", "base-file")),
            f"{RUN}/jobs/register",
        ),
        (SHIPPED, "cache/dataset-*/val_mlx.jsonl"),
    ),
    Step(
        "register",
        "register",
        "nyay_lib.registry.release:serve",
        (f"{RUN}/jobs/register/result.json", f"{RUN}/Modelfile", "models"),
        (SHIPPED,),
        "Ollama",
    ),
    Step("summary", "run-summary", "flows.train_nyay:summarise", (f"{RUN}/manifest.json",), ()),
    Step(
        "promote",
        "register",
        "nyay_lib.registry.release:_promote",
        ("models", f"{RUN}/jobs/register/result.json"),
        (SHIPPED, ADAPTER, f"{RUN}/merged/model-00001-of-00001.safetensors"),
        "Ollama",
    ),
)
