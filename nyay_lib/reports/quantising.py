"""The page of quantising: the file that is shipped, the ladder it was chosen from, and what every stage kept."""

from collections.abc import Iterator

from nyay_lib.export.fidelity import Fidelity, Stage, quantise
from nyay_lib.export.model_files import Gguf, Rung
from nyay_lib.reports.ladder_plot import ladder_plot
from nyay_lib.reports.page import Bytes, Cell, Digest, Page, figures_page, grid, quote, size
from nyay_lib.reports.steps import how_made

MEANING = (
    "KL is that of a stage to the one before it, in nats: 0 where both say the same. Top-1 is the share of tokens on "
    "which both say the same first; perplexity is over the reference answers. Greedy is the share of the adapter's "
    "greedy answers that the stage repeats up to its first other word. Left and lost are shares of what tuning gained "
    "over the base on these rows."
)


def gguf_page(gguf: Gguf) -> Page:
    """The shipped file first, then the ladder and the stages."""
    figures: dict[str, Cell] = {
        "file": gguf.path.name,
        "quantization": gguf.quantization,
        "bytes": Bytes(gguf.bytes),
        "bytes of the F16 file": Bytes(gguf.f16_bytes),
        "tokens a second": gguf.tokens_per_second,
        "seconds to the first token": gguf.first_token_seconds,
        "sha256": Digest(gguf.sha256),
    }
    asked = (
        f"## Asked through llama.cpp, greedy\n\n**Question**\n\n{quote(gguf.question)}\n\n"
        f"**Answer**\n\n{quote(gguf.answer)}"
    )
    words = f"{size(gguf.bytes)}, {gguf.bytes / gguf.f16_bytes:.0%} of F16. {how_made(gguf)}"
    parts = [words, *_measured(gguf), asked]
    page = figures_page("GGUF", figures, *parts, gist=f"{gguf.quantization}, {size(gguf.bytes)}")
    return Page(page.markdown, [*page.table, *_table(gguf)], page.gist)


def _measured(gguf: Gguf) -> Iterator[str]:
    """The ladder of files and the stages, where they were measured."""
    if gguf.fidelity is None:
        return
    fidelity = gguf.fidelity
    yield f"## The ladder\n\n{grid([ladder_row(gguf, fidelity, rung) for rung in gguf.rungs])}"
    yield grid([file_row(rung) for rung in gguf.rungs])
    if len(gguf.rungs) > 2:
        yield ladder_plot(gguf.rungs, fidelity)
    yield f"## What every stage kept\n\n{how_measured(fidelity)}"
    yield grid([kept_row(fidelity, stage) for stage in fidelity.stages])
    yield grid([distance_row(stage) for stage in fidelity.stages])
    yield MEANING


def how_measured(fidelity: Fidelity) -> str:
    """What was read, and what there was to keep."""
    gain = (
        f"tuning lowered it from {fidelity.base_loss:.4f} to {fidelity.adapter_loss:.4f} nats a token"
        if fidelity.is_margin_measured
        else f"tuning changed it by {-fidelity.margin:+.4f} nats a token, which may be chance on so few rows"
    )
    return (
        f"Read on {fidelity.rows:,} held-out rows of {fidelity.judgments:,} judgments, {fidelity.tokens:,} tokens of "
        f"reference answers: {gain}."
    )


# A page of Prefect's UI is as wide as six or seven columns; what does not fit stands under it, in a table of its own.
def ladder_row(gguf: Gguf, fidelity: Fidelity, rung: Rung) -> dict[str, Cell]:
    """One file: what it weighs, how fast it is, what it kept, and why it may not be shipped."""
    stage = fidelity.stage(quantise(rung.quantization))
    return {
        "file": rung.quantization + (" (shipped)" if rung.quantization == gguf.quantization else ""),
        "size": size(rung.bytes),
        "tokens/s": rung.tokens_per_second,
        "top-1": f"{stage.top1:.1%}",
        "gain left": _share(fidelity.kept(stage)),
        "lost too much": "; ".join(rung.faults) or "nothing",
    }


def file_row(rung: Rung) -> dict[str, Cell]:
    """How a file is made, and the memory that it was measured to take."""
    return {
        "file": rung.quantization,
        "memory": size(rung.memory),
        "bits a weight": round(rung.bits_per_weight, 2),
        "fallback tensors": f"{rung.fallbacks} of {rung.tensors}",
    }


def kept_row(fidelity: Fidelity, stage: Stage) -> dict[str, Cell]:
    """What a stage left of the tuning."""
    return {
        "stage": stage.name,
        "perplexity": stage.perplexity,
        "greedy": _share(stage.greedy),
        "gain left": _share(fidelity.kept(stage)),
        "gain lost here": _share(fidelity.lost(stage)),
    }


def distance_row(stage: Stage) -> dict[str, Cell]:
    """How far a stage is from the one before it."""
    return {
        "stage": stage.name,
        "against": stage.before,
        "tokens": stage.positions,
        "KL, mean": stage.kl,
        "KL, p99": stage.kl_p99,
        "top-1": f"{stage.top1:.1%}",
    }


def _share(value: float | None) -> str | None:
    return None if value is None else f"{round(value, 3) + 0.0:.1%}"  # + 0.0: a loss of -0.0004 is told as 0.0%


def _table(gguf: Gguf) -> Iterator[dict[str, Cell]]:
    """Every figure of every stage and file at full precision."""
    if gguf.fidelity is None:
        return
    fidelity = gguf.fidelity
    yield {"figure": "loss of the base", "value": fidelity.base_loss}
    yield {"figure": "loss of the adapter", "value": fidelity.adapter_loss}
    for stage in fidelity.stages:
        figures = {"KL, mean": stage.kl, "KL, p99": stage.kl_p99, "top-1": stage.top1, "loss": stage.loss}
        figures |= {"greedy": stage.greedy, "gain left": fidelity.kept(stage), "gain lost": fidelity.lost(stage)}
        yield from ({"figure": f"{stage.name}: {name}", "value": value} for name, value in figures.items())
    for rung in gguf.rungs:
        numbers = rung.model_dump(include={"bytes", "bits_per_weight", "fallbacks", "tokens_per_second", "memory"})
        for name, value in numbers.items():
            yield {"figure": f"{rung.quantization}: {name.replace('_', ' ')}", "value": value}
