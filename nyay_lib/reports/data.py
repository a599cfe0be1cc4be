"""The pages of a data set: what was learned from, what was kept out and why, and that validation is apart."""

from typing import Literal

from nyay_lib.config import PipelineConfig
from nyay_lib.data.conversion import Split
from nyay_lib.data.dataset import Dataset
from nyay_lib.data.near_duplicates import THRESHOLD
from nyay_lib.data.records import QUARANTINES, REJECTS
from nyay_lib.reports.page import Cell, Page, grid
from nyay_lib.reports.plots import lengths_plot, tasks_plot
from nyay_lib.reports.steps import how_made
from nyay_lib.reports.versions import rooms_grid


def data_page(config: PipelineConfig, data: Dataset) -> Page:
    rows = [split_row("train", data.train), split_row("validation", data.validation)]
    text = [
        "# Data set",
        how_made(data),
        f"Training begins {data.start}." if data.start else "",
        grid(rows),
        leaks_in_words(data),
        "## Lengths of the training rows",
        lengths_plot(data.train.lengths, config.training.max_seq_length),
        rooms_grid(data.train.rooms),
        "## Rows by task",
        tasks_plot(data.train.task_types, data.validation.task_types),
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


def kept_out_page(data: Dataset) -> Page:
    """Rows that are not learned, by reason, in the order in which reasons are looked for."""
    rows: list[dict[str, Cell]] = [
        {"reason": reason, "kind": kind, "train": train.get(reason, 0), "validation": validation.get(reason, 0)}
        for kind, reasons, train, validation in (
            ("rejected", REJECTS, data.train.rejected, data.validation.rejected),
            ("quarantined", QUARANTINES, data.train.quarantined, data.validation.quarantined),
        )
        for reason in reasons
        if reason in train or reason in validation
    ]
    words = grid(rows) or "Every row was accepted."
    sides = (data.train.rejected, data.train.quarantined, data.validation.rejected, data.validation.quarantined)
    gist = f"{sum(sum(counts.values()) for counts in sides):,} rows are kept out"
    return Page(f"# Rows kept out\n\n{words}", rows or [{"reason": "none"}], gist)


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
