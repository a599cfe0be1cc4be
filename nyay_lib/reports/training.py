"""The page of training: while it trains, and once it has."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from nyay_lib.attempts import Attempt
from nyay_lib.canaries import CanaryAnswer
from nyay_lib.metrics import StepMetrics
from nyay_lib.reports.page import Bytes, Cell, Digest, Page, duration, figures_page, grid, moment, quote, size
from nyay_lib.reports.plots import loss_plot
from nyay_lib.reports.steps import how_made
from nyay_lib.training import Adapter
from nyay_lib.watch import Watch

BAR = 30


def training_page(adapter: Adapter, watch: Watch, canaries: Sequence[CanaryAnswer], metrics: Path) -> Page:
    """The page once training is done."""
    figures: dict[str, Cell] = {
        "optimizer steps": adapter.steps,
        "first training loss": adapter.first_loss,
        "last training loss": adapter.last_loss,
        "validation loss": adapter.validation_loss,
        "best step": adapter.best_step,
        "rows": adapter.ledger.rows,
        "times each was trained on, at least": adapter.ledger.least,
        "times each was trained on, at most": adapter.ledger.most,
        "tokens trained on": adapter.tokens,
        "tokens left out by shortening": adapter.ledger.tokens_lost,
        "tokens a second": adapter.tokens_per_second,
        "trainable parameters": adapter.trainable_parameters,
        "peak memory of MLX in bytes": Bytes(adapter.peak_memory),
        "device": adapter.device,
        "attempts": len(adapter.attempts),
        "adapter digest": Digest(adapter.digest),
    }
    gist = f"{adapter.steps:,} steps, validation loss {adapter.validation_loss:.3f}"
    made = f"{how_made(adapter)} In all, {adapter.ledger}."
    text = [made, warnings(adapter.warnings), curve(watch), attempts(adapter.attempts)]
    return figures_page("Training", figures, *text, canary_texts(canaries), every_step(metrics), gist=gist)


def live_page(watch: Watch, canaries: Sequence[CanaryAnswer], metrics: Path) -> Page:
    """The page while it trains, or when it has ended otherwise than well."""
    attempt = watch.attempts[-1]
    title = "Training, running" if attempt.end == "running" else f"Training: {attempt.end}"
    figures: dict[str, Cell] = {"device": watch.device or "starting", "batch": str(attempt.rung)}
    if step := watch.latest:
        figures |= {
            "training loss": step.loss,
            "validation loss": watch.validations.get(watch.best) if watch.best else None,
            "best step": watch.best,
            "learning rate": step.learning_rate,
            "gradient norm": step.grad_norm,
            "tokens a second": watch.tokens_per_second,
        }
    text = [progress(watch), warnings(watch.warnings), curve(watch), memory(watch.metrics), attempts(watch.attempts)]
    return figures_page(title, figures, *text, canary_texts(canaries), every_step(metrics))


def progress(watch: Watch) -> str:
    """How far it is, and how long it will yet take; or why it ended."""
    attempt, step = watch.attempts[-1], watch.latest
    if attempt.end != "running":
        return f"**{attempt.reason}**"
    if step is None:
        return "No step is done yet: the base model is loaded and answers first."
    done = round(BAR * step.step / step.total)
    left, evaluating = watch.seconds_left, watch.evaluation_seconds_left
    return (
        f"`{'█' * done}{'░' * (BAR - done)}` **step {step.step:,} of {step.total:,}**, epoch {step.epoch}, "
        f"{step.step / step.total:.0%}; **{duration(left)} left**, {duration(evaluating)} of it for evaluations"
    )


def warnings(texts: Sequence[str]) -> str:
    """What training did otherwise than planned, in bold."""
    return "\n\n".join(f"**{text}**" for text in texts)


def curve(watch: Watch) -> str:
    """The loss plot of what is known so far."""
    steps = watch.steps.values()
    if not steps:
        return ""
    losses, rates = {s.step: s.loss for s in steps}, {s.step: s.learning_rate for s in steps}
    return loss_plot(losses, watch.validations, rates, best=watch.best, borders=watch.borders)


def memory(line: StepMetrics | None) -> str:
    """What holds how much memory after the last step."""
    if line is None:
        return ""
    rows: list[dict[str, Cell]] = [
        {"memory": "MLX, peak of this attempt", "size": size(line.peak_memory)},
        {"memory": "MLX, in use", "size": size(line.active_memory)},
        {"memory": "MLX, kept for later", "size": size(line.cache_memory)},
        {"memory": "the training process", "size": size(line.process_memory)},
        {"memory": "the machine, free", "size": size(line.memory_free)},
        {"memory": "the machine, swap in use", "size": size(line.swap_used)},
    ]
    return f"## Memory\n\n{grid(rows)}"


def attempts(made: Sequence[Attempt]) -> str:
    """A row for each child process that trained."""
    if not made:
        return ""
    rows: list[dict[str, Cell]] = [
        {
            "attempt": attempt.number,
            "started": f"{attempt.started:%d %b %H:%M %Z}",
            "batch": str(attempt.rung),
            "from step": attempt.from_step,
            "to step": attempt.to_step,
            "checkpoint": attempt.checkpoint,
            "end": attempt.end,
            "why": "; ".join(words for words in (attempt.note, attempt.reason) if words),
        }
        for attempt in made
    ]
    return f"## Attempts\n\n{grid(rows)}"


def paused_page(opens: datetime, watch: Watch) -> Page:
    """The training page while nothing trains, since its hours are over."""
    figures: dict[str, Cell] = {"goes on at": moment(opens)}
    if latest := watch.latest:
        figures |= {"step": f"{latest.step} of {latest.total}", "training loss": latest.loss}
    title = f"Training, paused until {opens:%H:%M} ({opens.tzinfo})"
    return figures_page(title, figures, warnings(watch.warnings), curve(watch), attempts(watch.attempts))


def canary_texts(canaries: Sequence[CanaryAnswer]) -> str:
    """For each canary the reference, the base's answer and the latest."""
    by_row = groupby(sorted(canaries, key=lambda answer: (answer.row, answer.step)), key=lambda answer: answer.row)
    parts = [text for _, answers in by_row for text in one_canary(list(answers))]
    return "\n\n".join(["## Canaries", *parts]) if parts else ""


def one_canary(answers: Sequence[CanaryAnswer]) -> list[str]:
    """The answers to one row, the first of them the base's, where it was asked."""
    first, last = answers[0], answers[-1]
    told = {"Reference": first.reference}
    if first.step == 0:
        told["Base"] = first.answer
    if last.step > 0:
        told[f"After step {last.step:,}{f': {last.fault}' if last.fault else ''}"] = last.answer
    texts = [f"**{name}**\n\n{quote(text, 600)}" for name, text in told.items()]
    return [f"### Validation row {first.row + 1}", quote(first.instruction), *texts]


def every_step(metrics: Path) -> str:
    """Where the figures of each step lie."""
    return f"Every step: `{metrics}`, a JSON object a line."
