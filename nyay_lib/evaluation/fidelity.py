"""The rows of the gate on the export: one for each stage that the shipped file went through, so that it is named."""

from collections.abc import Iterator

from nyay_lib.config import FidelityConfig
from nyay_lib.evaluation.rows import not_measured
from nyay_lib.evaluation.verdict import Outcome, Row
from nyay_lib.export.fidelity import Fidelity, Stage, faults, is_exact, kl_limit, lineage
from nyay_lib.export.model_files import Gguf

SURVIVED = "the tuning survived export"


def fidelity_rows(config: FidelityConfig, gguf: Gguf) -> Iterator[Row]:
    """A row for each stage of the file; one alone where nothing was measured."""
    if gguf.fidelity is None:
        yield not_measured(SURVIVED, "each stage held against the one before", "run the step quantize again")
        return
    for name in lineage(gguf.quantization):
        yield _row(config, gguf.fidelity, gguf.fidelity.stage(name))


def _row(config: FidelityConfig, fidelity: Fidelity, stage: Stage) -> Row:
    found, kept = faults(config, fidelity, stage), fidelity.kept(stage)
    told = "not measured" if kept is None else f"{kept:.0%}"
    return Row(
        name=f"{SURVIVED}: {stage.name}",
        target=_target(config, fidelity, stage),
        measured=f"KL {stage.kl:.2g}, top-1 {stage.top1:.1%}, {told} of the gain left",
        outcome=_outcome(found, kept),
        required=True,
        reason=f"{stage.name}: {'; '.join(found) or _reason(fidelity, stage)}",
    )


def _target(config: FidelityConfig, fidelity: Fidelity, stage: Stage) -> str:
    top1 = f", top-1 at least {config.exact_top1:.1%}" if is_exact(fidelity, stage) else ""
    return f"KL at most {kl_limit(config, fidelity, stage):g}{top1}, at most {config.margin_lost:.0%} of the gain lost"


def _outcome(found: list[str], kept: float | None) -> Outcome:
    if found:
        return Outcome.MISSED
    return Outcome.NOT_MEASURED if kept is None else Outcome.PASS


def _reason(fidelity: Fidelity, stage: Stage) -> str:
    """What was measured, or why it says nothing."""
    if not fidelity.is_margin_measured:
        return (
            f"on {fidelity.rows} rows of {fidelity.judgments} judgments the gain of {fidelity.margin:.4f} nats a token "
            "may be chance, so what is left of it is not known; more fidelity.rows and fidelity.tokens show more"
        )
    greedy = "" if stage.greedy is None else f", {stage.greedy:.0%} of the greedy answers the adapter's"
    return f"{stage.positions:,} tokens, p99 of KL {stage.kl_p99:.2g}, perplexity {stage.perplexity:.3f}{greedy}"
