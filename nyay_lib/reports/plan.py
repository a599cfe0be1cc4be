"""The plan as a page and for the terminal, from the same tables."""

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from nyay_lib.planning.plan import REFERENCE, Plan
from nyay_lib.reports.page import Cell, Page, duration, figure_table, grid, show, size

Rows = Sequence[Mapping[str, Cell]]


def plan_page(plan: Plan) -> Page:
    """Everything that the plan says."""
    parts = [f"## {title}\n\n{grid(rows)}" for title, rows in tables(plan).items() if rows]
    text = ["# Plan", summary(plan), warnings_list(plan), *parts, f"For comparison: {REFERENCE}."]
    return Page("\n\n".join(part for part in text if part), figures(plan), gist(plan))


def plan_tables(plan: Plan) -> Iterator[Table | Text]:
    """The same for the terminal."""
    yield Text(summary(plan))
    for warning in plan.warnings:
        yield Text(f"! {warning}", style="bold yellow")
    for title, rows in tables(plan).items():
        if rows:
            yield _table(title, rows)
    yield Text(f"For comparison: {REFERENCE}.")


def _table(title: str, rows: Rows) -> Table:
    table = Table(*rows[0], title=title, title_justify="left")
    for row in rows:
        table.add_row(*(Text(show(cell)) for cell in row.values()))
    return table


def gist(plan: Plan) -> str:
    """The plan in a line."""
    return (
        f"{plan.steps:,} steps, {plan.tokens / 1e6:,.1f} million tokens, {duration(plan.training_seconds)} of "
        f"training, {size(plan.peak_memory)} at the peak"
    )


def summary(plan: Plan) -> str:
    """The arithmetic of the time, as one checks it by hand."""
    known = "measured on this machine" if plan.calibrated else "assumed, not measured"
    each = plan.tokens_per_epoch / plan.rows
    epochs, evaluations = counted(plan.epochs, "epoch"), counted(plan.evaluations, "evaluation")
    return (
        f"{plan.rows:,} rows near {each:,.0f} tokens for {epochs} are {plan.tokens / 1e6:,.2f} million tokens: "
        f"{duration(plan.rung.seconds)} at {plan.tokens_per_second:,.0f} tokens/s ({known}: {plan.device}). With "
        f"{evaluations} training takes {duration(plan.training_seconds)}{_nights(plan)}, "
        f"the whole run some {duration(plan.seconds_of_run)}."
    )


def counted(number: int, what: str) -> str:
    """A number with its noun."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _nights(plan: Plan) -> str:
    if not plan.window or plan.nights is None or plan.ends is None:
        return ""
    return f" in {counted(plan.nights, 'night')} ({plan.window}), until {plan.ends:%Y-%m-%d %H:%M} if it begins now"


def warnings_list(plan: Plan) -> str:
    return "\n".join(f"- **{warning}**" for warning in plan.warnings)


def tables(plan: Plan) -> dict[str, Rows]:
    """The plan's tables by their titles."""
    return {
        "What is trained": figures(plan),
        "Steps of the ladder": rungs(plan),
        "The steps after training": others(plan),
        "Disk": disks(plan),
        f"What fits into {plan.alternatives_hours:g} h": alternatives(plan),
        "What the answers of the evaluation can show": claims(plan),
    }


def figures(plan: Plan) -> list[dict[str, Cell]]:
    """Named figures; those of time and memory are expected ones."""
    values: dict[str, Cell] = {
        "rows": plan.rows,
        "rows that there are": plan.rows_available,
        "epochs": plan.epochs,
        "epochs seen of all rows": plan.coverage,
        "effective batch": plan.effective_batch,
        "optimizer steps": plan.steps,
        "warm-up steps": plan.warmup_steps,
        "tokens in an epoch": plan.tokens_per_epoch,
        "tokens in all": plan.tokens,
        "tokens in all, with padding": plan.padded_tokens,
        "tokens of answers": plan.completion_tokens,
        "tokens lost to shortening": plan.tokens_lost,
        "device": plan.device,
        "calibrated": plan.calibrated,
        "tokens a second": plan.tokens_per_second,
        "seconds of training": plan.training_seconds,
        "seconds of its evaluations": plan.evaluation_seconds,
        "nights": plan.nights if plan.window else "any hour",
        "begins with": str(plan.rung.rung),
        "peak memory": size(plan.peak_memory),
        "memory free now": size(plan.memory_free),
        "memory of the machine": size(plan.memory_total),
    }
    return figure_table(values)


def rungs(plan: Plan) -> list[dict[str, Cell]]:
    return [
        {
            "batch": str(rung.rung),
            "peak memory": size(rung.peak_memory),
            "fits": rung.fits,
            "tokens a second": rung.tokens_per_second,
            "time of the steps": duration(rung.seconds),
        }
        for rung in plan.rungs
    ]


def others(plan: Plan) -> list[dict[str, Cell]]:
    return [
        {"step": step.step, "time": duration(step.seconds), "known": f"{step.basis} {step.source}".strip()}
        for step in plan.others
    ]


def disks(plan: Plan) -> list[dict[str, Cell]]:
    return [
        {"disk of": str(d.folder), "at the peak": size(d.peak), "kept after": size(d.kept), "free now": size(d.free)}
        for d in plan.disks
    ]


def alternatives(plan: Plan) -> list[dict[str, Cell]]:
    return [
        {
            "what": other.what,
            "fits": other.fits,
            "time": duration(other.seconds),
            "tokens": other.tokens,
            "epochs seen of all rows": other.coverage,
            "of their tokens": f"{other.tokens_kept:.0%}",
        }
        for other in plan.alternatives
    ]


def claims(plan: Plan) -> list[dict[str, Cell]]:
    return [
        {
            "target": claim.target,
            "answers": claim.answers,
            "needed with none wrong": claim.fewest,
            "wrong ones that it still bears": "too few answers" if claim.wrong_allowed is None else claim.wrong_allowed,
        }
        for claim in plan.claims
    ]
