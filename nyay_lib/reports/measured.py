"""The page of the evaluation: the verdict first, then every figure with its interval, and what they cannot see."""

from collections.abc import Iterator, Mapping

from nyay_lib.evaluation.figures import Figure, Figures
from nyay_lib.evaluation.gains import METRICS, Gain, Metric
from nyay_lib.evaluation.report import ALL, Report, Slice, Who
from nyay_lib.evaluation.statistics import fewest_without_failure, wilson
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.reports.interval_plot import interval_plot
from nyay_lib.reports.page import Cell, Page, grid, show, size
from nyay_lib.reports.verdict import headline, verdict_rows

SHARES = frozenset(
    (
        "legal accuracy",
        "side that won",
        "hallucination by sample",
        "hallucination by reference",
        "hallucination of all answers",
        "grounded answers",
        "answers without a reference",
        "recall of references",
        "answers cut off",
    )
)
PLOTTED = ("legal accuracy", "grounded answers", "hallucination by sample", "recall of references")
# The figure that a gain is of, where they have two names.
GAIN_OF: Mapping[str, Metric] = {"hallucination of all answers": "hallucination", **{name: name for name in METRICS}}
BY_TASK = ("validation loss", "legal accuracy", "hallucination by sample", "grounded answers", "ROUGE-L")
BLIND = (
    "A true citation for the wrong proposition, an argument of a party told as the court's, and false prose without a "
    "reference look clean to these figures. References are read by patterns, which err. ROUGE follows the marks of "
    "lawyers hardly at all: it is an alarm for regressions."
)


def measured_page(report: Report, verdict: Verdict) -> Page:
    """All of an evaluation."""
    text = [
        f"# What run {report.run_id} is worth",
        f"**{headline(verdict)}**",
        grid(verdict_rows(verdict)),
        "## Figures",
        how_measured(report),
        grid(figure_rows(report.all)),
        _plots(report),
        "## By task",
        grid([{"task": task} | _row(name, report.slices[task]) for task in report.tasks for name in BY_TASK]),
        "## Controls",
        controls(report),
        *cases(report),
        "## What these figures cannot see",
        BLIND,
    ]
    gist = f"{report.samples:,} answers of {report.judgments:,} judgments; {headline(verdict)}"
    return Page("\n\n".join(part for part in text if part), list(_table(report)), gist)


def figure_rows(part: Slice) -> list[dict[str, Cell]]:
    """Every figure of all models with its interval, a row each."""
    return [_row(name, part) for name in part.figures["this model"]]


def how_measured(report: Report) -> str:
    """What was measured on what, and which claims so many answers can carry."""
    files = ", ".join(f"{who} {file.name} ({size(file.bytes)})" for who, file in report.files.items())
    half = wilson(report.samples // 2, report.samples)
    width = f"A share near one half is known within {50 * (half.high - half.low):.0f} points. " if half else ""
    fewest = fewest_without_failure(0.05)
    under = "can" if report.samples >= fewest else "cannot, however clean they are,"
    return (
        f"Through llama.cpp: {files}. Loss over the answers of {report.rows:,} validation rows; the rest over "
        f"{report.samples:,} answers of up to {report.max_tokens:,} tokens, drawn as they are served, with seed "
        f"{report.seed}. In brackets the 95 % interval: Wilson's for shares, for means a bootstrap of judgments. A "
        f"gain is this model's figure less the other's on the same rows, turned so that more is better. "
        f"{_coverage(report)}{width}"
        f"{report.samples:,} answers {under} carry the claim of under 5 % hallucination."
    )


def _coverage(report: Report) -> str:
    """Of how many answers it can be told whether the outcome is right."""
    found = report.all.figures["this model"].get("legal accuracy")
    known = found.of if found else 0
    share = known / report.samples if report.samples else 0.0
    return f"Legal accuracy covers the {known:,} answers whose right outcome is known ({share:.0%}). "


def _row(name: str, part: Slice) -> dict[str, Cell]:
    """One figure of all models, and what is gained in it."""
    cells: dict[str, Cell] = {"figure": name}
    cells |= {who: _cell(name, figures.get(name)) for who, figures in part.figures.items()}
    metric = GAIN_OF.get(name)
    cells["gain over base"] = _gain(part.over_base.get(metric), metric) if metric else ""
    if part.over_production is not None:
        cells["gain over production"] = _gain(part.over_production.get(metric), metric) if metric else ""
    return cells


def _cell(name: str, found: Figure | None) -> str:
    if found is None:
        return show(None)
    return f"{_show(name, found.estimate)} ({_show(name, found.low)} to {_show(name, found.high)})"


def _show(name: str, value: float) -> str:
    return f"{value:.1%}" if name in SHARES else f"{value:.3g}"


def _gain(found: Gain | None, metric: Metric) -> str:
    if found is None:
        return show(None)
    scale, digits, unit = (1.0, 3, "") if metric in ("validation loss", "ROUGE-L") else (100.0, 1, " points")
    low, high = (f"{scale * value:+.{digits}f}" for value in (found.low, found.high))
    return f"{scale * found.estimate:+.{digits}f}{unit} ({low} to {high})"


def _plots(report: Report) -> str:
    """The shares that matter, and the loss of each task."""
    shares = {name: _known(report.all, name) for name in PLOTTED}
    losses = {task: _known(report.slices[task], "validation loss") for task in (ALL, *report.tasks)}
    plots = (
        interval_plot(_filled(shares), "shares with their intervals", "percent", 100.0),
        interval_plot(_filled(losses), "validation loss with its intervals", "validation loss, nats a token"),
    )
    return "\n\n".join(plot for plot in plots if plot)


def _known(part: Slice, name: str) -> dict[Who, Figure]:
    return {who: found for who, figures in part.figures.items() if (found := figures.get(name)) is not None}


def _filled(rows: Mapping[str, dict[Who, Figure]]) -> dict[str, dict[Who, Figure]]:
    return {name: models for name, models in rows.items() if models}


def controls(report: Report) -> str:
    """The figures of what has understood nothing, or all."""
    found = report.controls
    answerers: dict[str, Figures] = {
        "the reference answers": found.reference,
        f"the first {found.lead_words} words of the judgment": found.lead,
        f"always {found.majority_label!r}": {"legal accuracy": found.majority},
        "the reference answers against foreign judgments": found.shuffled,
    }
    shown = ("legal accuracy", "hallucination by sample", "hallucination by reference", "grounded answers", "ROUGE-L")
    rows = [
        {"control": who} | {name: _cell(name, figures[name]) if name in figures else "" for name in shown}
        for who, figures in answerers.items()
    ]
    return f"{grid(rows)}\n\n{_meter(found.meter_works)}"


def _meter(works: bool | None) -> str:
    if works is None:
        return "The meter of hallucination could not be tried: the reference answers name nothing, or of one case only."
    if works:
        return "Against foreign judgments the rates are high, as they must be: the meter sees invention."
    return "**Against foreign judgments the rates are not high: the meter does not see invention, trust no rate here.**"


def cases(report: Report) -> Iterator[str]:
    """The user's own cases, those that failed first."""
    if report.cases:
        tried = sorted(report.cases, key=lambda case: not case.faults)
        rows = [{"case": case.name, "passed": not case.faults, "why not": "; ".join(case.faults)} for case in tried]
        yield "## Test cases of your own"
        yield grid(rows)


def _table(report: Report) -> Iterator[dict[str, Cell]]:
    """Each figure of each slice and model at full precision, and each gain."""
    for name, part in report.slices.items():
        for who, figures in part.figures.items():
            for figure, found in figures.items():
                yield {"slice": name, "of": who, "figure": figure} | _numbers(found) | {"rows": found and found.of}
        for other, gains in (("base", part.over_base), ("production", part.over_production)):
            for metric, gained in (gains or {}).items():
                numbers = _numbers(gained) | {"rows": gained and gained.rows}
                yield {"slice": name, "of": f"gain over {other}", "figure": metric} | numbers


def _numbers(found: Figure | Gain | None) -> dict[str, Cell]:
    if found is None:
        return {"estimate": None, "low": None, "high": None}
    return {"estimate": found.estimate, "low": found.low, "high": found.high}
