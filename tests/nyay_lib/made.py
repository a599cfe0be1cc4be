"""Results of steps as they come out of a small run."""

from pathlib import Path

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.data.conversion import Split
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.verdict import Outcome, Row, Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import digest_file
from nyay_lib.jobs import TrainStep
from nyay_lib.ledger import Ledger
from nyay_lib.training import Adapter


def base_of(folder: Path, source: Path | None = None, **more: object) -> BaseModel:
    """A prepared base in ``folder``."""
    known = {"inputs": "base", "name": "embedded:tiny-random", "revision": None, "licence": "mit", "digest": "base"}
    places = {"source": source or folder, "folder": folder, "bits": 8, "parameters": 104_448, "bytes": 200_000}
    return BaseModel.model_validate(known | places | more)


def adapter_of(folder: Path) -> Adapter:
    """A trained adapter in ``folder``, as its file is."""
    counts = {"rows": 44, "epochs": 1, "steps": 22, "planned_steps": 22, "least": 1, "most": 1}
    tokens = {"tokens": 9000, "completion_tokens": 3000, "tokens_lost": 100, "prompt_tokens": 6100}
    return Adapter(
        inputs="adapter",
        folder=folder,
        digest=digest_file(folder / "adapters.safetensors"),
        steps=22,
        best_step=20,
        first_loss=2.0,
        last_loss=0.9,
        validation_loss=1.1,
        tokens=9000,
        tokens_per_second=50.0,
        peak_memory=1,
        trainable_parameters=14_336,
        device="CPU",
        ledger=Ledger.model_validate(counts | tokens),
        attempts=[],
        warnings=[],
    )


def gguf_of(path: Path, f16: Path | None = None) -> Gguf:
    """A file as the export hands it on."""
    more = {"question": "?", "answer": "!", "tokens_per_second": 30.0, "first_token_seconds": 0.1}
    sizes = {"bytes": path.stat().st_size, "f16_bytes": (f16 or path).stat().st_size}
    known = {"inputs": "gguf", "path": path, "sha256": digest_file(path), "f16": f16 or path}
    return Gguf.model_validate(known | sizes | more | {"quantization": "q8_0" if f16 else "f16"})


def step_of(step: int, loss: float = 1.0, **more: object) -> TrainStep:
    """An optimizer step of 100 tokens in 2 seconds."""
    counts = {"total": 10, "epoch": 1, "tokens": 100, "completion_tokens": 40, "seconds": 2.0}
    figures = {"learning_rate": 1e-4, "grad_norm": 1.0, "peak_memory": 1, "process_memory": 1}
    return TrainStep.model_validate({"step": step, "loss": loss} | counts | figures | more)


def split_of(source: Path, rows: int, **more: object) -> Split:
    """One side of a data set, of which no row was kept out."""
    rest = {"rejected": {}, "quarantined": {}, "masked": {}, "leaking": 0, "task_types": {}, "lengths": []}
    tokens = {"tokens": 9000, "completion_tokens": 3000, "longest": 700, "shortened": 0, "tokens_lost": 0}
    return Split.model_validate({"source": source, "rows": rows} | rest | tokens | more)


def sides_of(folder: Path, train: Split, validation: Split) -> Dataset:
    """A data set in ``folder`` of which nothing leaks."""
    return Dataset(
        inputs="data", digest="d" * 64, folder=folder, train=train, validation=validation, leaks=0, first_leaks=()
    )


def dataset_of(folder: Path) -> Dataset:
    """A data set of 44 rows and 12; its training file has one row in Hindi."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train_mlx.jsonl").write_text('{"messages": "the appeal"}\n{"messages": "अपील"}\n', encoding="utf-8")
    told = {"rejected": {"duplicate": 2}, "shortened": 3, "tokens_lost": 100}
    tasks = {"task_types": {"summarization": 11, "research_qa": 33}}
    return sides_of(folder, *(split_of(folder / "train.jsonl", rows, **told, **tasks) for rows in (44, 12)))


def verdict_of(outcome: Outcome) -> Verdict:
    """One required row with this outcome, and an advisory one that missed."""
    required = {"name": "better than the base", "target": "> 0", "measured": "0.1", "reason": "44 rows"}
    advisory = {
        "name": "ROUGE-L",
        "target": "> 0.4",
        "measured": "0.29",
        "reason": "12 answers",
        "interval": "0.2 to 0.3",
    }
    rows = [Row.model_validate(required | {"outcome": outcome, "required": True})]
    return Verdict(
        inputs="verdict",
        rows=[*rows, Row.model_validate(advisory | {"outcome": Outcome.MISSED, "required": False})],
    )
