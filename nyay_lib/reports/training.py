"""The page of training: while it trains, and once it has."""

from collections.abc import Sequence
from datetime import datetime

from nyay_lib.attempts import Attempt
from nyay_lib.reports.page import Cell, Page, duration, figures_page, grid, moment, size
from nyay_lib.reports.plots import loss_plot
from nyay_lib.reports.steps import how_made
from nyay_lib.training import Adapter
from nyay_lib.watch import Watch


def training_page(adapter: Adapter, watch: Watch) -> Page:
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
        "peak memory of MLX in bytes": adapter.peak_memory,
        "device": adapter.device,
        "attempts": len(adapter.attempts),
        "adapter digest": adapter.digest,
    }
    attempts = f"## Attempts\n\n{grid(attempt_rows(adapter.attempts))}"
    gist = f"{adapter.steps:,} steps, validation loss {adapter.validation_loss:.3f}"
    text = [f"{how_made(adapter)} In all, {adapter.ledger}.", warnings(adapter.warnings), curve(watch), attempts]
    return figures_page("Training", figures, *text, gist=gist)


def warnings(texts: Sequence[str]) -> str:
    """What training did otherwise than planned, in bold."""
    return "\n\n".join(f"**{text}**" for text in texts)


def curve(watch: Watch) -> str:
    """The loss plot of what is known so far."""
    steps = [watch.steps[step] for step in sorted(watch.steps)]
    if not steps:
        return ""
    losses, rates = {s.step: s.loss for s in steps}, {s.step: s.learning_rate for s in steps}
    return loss_plot(losses, dict(sorted(watch.validations.items())), rates)


def attempt_rows(attempts: Sequence[Attempt]) -> list[dict[str, Cell]]:
    return [
        {
            "attempt": attempt.number,
            "started": f"{attempt.started:%d %b %H:%M}",
            "batch": str(attempt.rung),
            "from step": attempt.from_step,
            "to step": attempt.to_step,
            "checkpoint": attempt.checkpoint,
            "end": attempt.end,
            "why": "; ".join(words for words in (attempt.note, attempt.reason) if words),
        }
        for attempt in attempts
    ]


def live_page(watch: Watch) -> Page:
    """The training page while it trains."""
    latest = watch.latest
    figures: dict[str, Cell] = {"device": watch.device, "attempt": str(watch.attempts[-1].rung)}
    if latest:
        figures |= {
            "step": f"{latest.step} of {latest.total}",
            "training loss": latest.loss,
            "learning rate": latest.learning_rate,
            "tokens a second": watch.tokens_per_second,
            "time left": duration(watch.seconds_left),
            "peak memory of MLX": size(latest.peak_memory),
            "memory of the process": size(latest.process_memory),
        }
    attempts = f"## Attempts\n\n{grid(attempt_rows(watch.attempts))}"
    return figures_page("Training, running", figures, warnings(watch.warnings), curve(watch), attempts)


def paused_page(opens: datetime, watch: Watch) -> Page:
    """The training page while nothing trains, since its hours are over."""
    figures: dict[str, Cell] = {"goes on at": moment(opens)}
    if latest := watch.latest:
        figures |= {"step": f"{latest.step} of {latest.total}", "training loss": latest.loss}
    attempts = f"## Attempts\n\n{grid(attempt_rows(watch.attempts))}" if watch.attempts else ""
    title = f"Training, paused until {opens:%H:%M}"
    return figures_page(title, figures, warnings(watch.warnings), curve(watch), attempts)
