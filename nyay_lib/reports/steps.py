"""One page for each step of a run."""

from typing import Literal

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.data.conversion import Split
from nyay_lib.data.dataset import Dataset
from nyay_lib.data.near_duplicates import THRESHOLD
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.reports.page import Cell, Page, duration, figures_page, grid, quote, size
from nyay_lib.reports.plots import lengths_plot
from nyay_lib.results import Result


def how_made(result: Result) -> str:
    """Whether the step ran or handed out what was there."""
    return "Reused: made before from the same inputs." if result.reused else f"Took {duration(result.seconds)}."


def base_page(base: Base) -> Page:
    figures: dict[str, Cell] = {
        "model": base.name,
        "revision": base.revision or "none",
        "licence": base.licence,
        "parameters": base.parameters,
        "bits of the frozen weights": base.bits,
        "bytes": base.bytes,
        "digest": base.digest,
    }
    gist = f"{base.name}, {base.bits} bits, {size(base.bytes)}"
    return figures_page("Base model", figures, f"{size(base.bytes)} on disk. {how_made(base)}", gist=gist)


def data_page(config: PipelineConfig, data: Dataset) -> Page:
    rows = [split_row("train", data.train), split_row("validation", data.validation)]
    text = [
        "# Data set",
        how_made(data),
        grid(rows),
        leaks_in_words(data),
        "## Lengths of the training rows",
        lengths_plot(data.train.lengths, config.training.max_seq_length),
        "## Rows by task",
        grid(
            [
                {"task": task, "train": n, "validation": data.validation.task_types.get(task, 0)}
                for task, n in data.train.task_types.items()
            ]
        ),
        reasons_grid("Rejected rows", data, "rejected"),
        reasons_grid("Quarantined rows", data, "quarantined"),
        masked(data),
    ]
    gist = f"{data.train.rows:,} training and {data.validation.rows:,} validation rows"
    return Page("\n\n".join(part for part in text if part), rows, gist)


def split_row(name: str, split: Split) -> dict[str, Cell]:
    return {
        "split": name,
        "rows": split.rows,
        "rejected": sum(split.rejected.values()),
        "quarantined": sum(split.quarantined.values()),
        "leaking": split.leaking,
        "tokens": split.tokens,
        "answer tokens": split.completion_tokens,
        "longest": split.longest,
        "shortened": split.shortened,
        "tokens left out": split.tokens_lost,
    }


def leaks_in_words(data: Dataset) -> str:
    """Whether what is measured was trained on."""
    if not data.leaks:
        return "No validation row shares a case, or nearly a text, with a row that is trained on."
    return (
        f"**{data.leaks} pairs leak: {data.validation.leaking} validation rows are of cases or texts that are trained "
        "on.** They are left out, so that no figure measures memory; the artifact `leak-certificate` names them."
    )


def reasons_grid(title: str, data: Dataset, what: Literal["rejected", "quarantined"]) -> str:
    """Rows of both splits by reason, and where they lie."""
    train, validation = (getattr(split, what) for split in (data.train, data.validation))
    reasons = sorted({*train, *validation})
    if not reasons:
        return ""
    rows = [{"reason": r, "train": train.get(r, 0), "validation": validation.get(r, 0)} for r in reasons]
    file = "rejected" if what == "rejected" else "quarantine"
    return f"## {title}\n\n{grid(rows)}\n\nEach with its reason in `{data.folder.name}/*_{file}.jsonl`."


def masked(data: Dataset) -> str:
    """Identifiers that were masked in the rows that are used."""
    kinds = sorted({*data.train.masked, *data.validation.masked})
    rows = [
        {"kind": k, "train": data.train.masked.get(k, 0), "validation": data.validation.masked.get(k, 0)} for k in kinds
    ]
    return f"## Identifiers masked\n\n{grid(rows)}" if rows else ""


def certificate_page(data: Dataset) -> Page:
    """The leak certificate: that training and validation are apart, or the pairs that are not."""
    rows: list[dict[str, Cell]] = [leak.model_dump() for leak in data.first_leaks]
    shown = f"The first {len(rows)} of {data.leaks} pairs; all are in `{data.folder.name}/leaks.jsonl`." if rows else ""
    text = [
        "# Leak certificate",
        leaks_in_words(data),
        f"Compared: CNRs, and the inputs of different cases by their 5-word shingles (Jaccard of {THRESHOLD} or more).",
        f"Measured on {data.validation.rows} leak-free validation rows.",
        shown,
        grid(rows),
    ]
    gist = f"{data.leaks} pairs leak" if data.leaks else "training and validation are apart"
    return Page("\n\n".join(part for part in text if part), rows or [{"pairs": 0}], gist)


def merged_page(merged: MergedModel) -> Page:
    figures: dict[str, Cell] = {
        "folder": merged.folder.name,
        "bytes": merged.bytes,
        "adapted modules": merged.adapted_modules,
        "digest": merged.digest,
    }
    words = f"Fused in f32, stored in f16: {size(merged.bytes)}. {how_made(merged)}"
    return figures_page("Merged model", figures, words, gist=size(merged.bytes))


def gguf_page(gguf: Gguf) -> Page:
    figures: dict[str, Cell] = {
        "file": gguf.path.name,
        "quantization": gguf.quantization,
        "bytes": gguf.bytes,
        "bytes of the F16 file": gguf.f16_bytes,
        "tokens a second": gguf.tokens_per_second,
        "seconds to the first token": gguf.first_token_seconds,
        "sha256": gguf.sha256,
    }
    asked = (
        f"## Asked through llama.cpp, greedy\n\n**Question**\n\n{quote(gguf.question)}\n\n"
        f"**Answer**\n\n{quote(gguf.answer)}"
    )
    words = f"{size(gguf.bytes)}, {gguf.bytes / gguf.f16_bytes:.0%} of F16. {how_made(gguf)}"
    return figures_page("GGUF", figures, words, asked, gist=f"{gguf.quantization}, {size(gguf.bytes)}")
