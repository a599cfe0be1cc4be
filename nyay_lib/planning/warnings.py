"""What a reader must not overlook in a plan."""

from collections.abc import Iterator

from nyay_lib.machine import GIB
from nyay_lib.planning.outlook import Outlook
from nyay_lib.planning.plan import Plan

HOUR = 3600.0


def would_fit(outlook: Outlook) -> str:
    """Where no rung of the ladder has the memory it needs: what would do. Empty where one has."""
    rungs = outlook.rungs(outlook.rows, 1)
    if any(rung.fits for rung in rungs):
        return ""
    length, limit = outlook.fitting_length(), outlook.config.training.max_seq_length
    if length is None:
        return "no length of rows would fit: take a smaller model.name, or free memory"
    if length == limit:
        return f"{rungs[-1].rung} may just fit: free memory"
    return f"at {rungs[-1].rung} rows of {length:,} tokens would fit: set training.max_seq_length to {length}"


def warnings_of(plan: Plan, samples: int) -> tuple[str, ...]:
    """Warnings, the gravest first; ``samples`` is evaluation.samples."""
    found = (*reductions(plan), *_hours(plan), *_memory(plan), *_place(plan), *_claims(plan, samples))
    return tuple(found)


def reductions(plan: Plan) -> Iterator[str]:
    """What was left away so that the hours suffice."""
    if plan.rows < plan.rows_available:
        yield (
            f"less than one epoch: only {plan.rows:,} of {plan.rows_available:,} rows ({plan.coverage:.0%}) fit into "
            f"time.max_hours {plan.max_hours:g} and are trained on, the others never"
        )
    elif plan.is_reduced:
        yield (
            f"time.max_hours {plan.max_hours:g} leaves room for {plan.epochs} of the {plan.epochs_wanted} epochs; the "
            "learning rate's schedule ends with them"
        )


def _hours(plan: Plan) -> Iterator[str]:
    if plan.max_hours is not None and plan.training_seconds > plan.max_hours * HOUR:
        yield (
            f"even this plan takes {plan.training_seconds / HOUR:.2g} h, more than time.max_hours {plan.max_hours:g}: "
            "one optimizer step is the least that is trained"
        )
    if plan.window and plan.nights is None:
        yield f"time.train_between {plan.window} leaves no time to train: loading the base takes all of it"


def _memory(plan: Plan) -> Iterator[str]:
    top, free = plan.rungs[0], plan.memory_free / GIB
    if plan.would_fit:
        needed = f"{plan.peak_memory / GIB:.1f} GiB"
        yield f"memory: even {plan.rung.rung} needs {needed}, {free:.1f} GiB are free; {plan.would_fit}"
    elif plan.first and not top.fits:
        yield (
            f"memory: {top.rung} would need {top.peak_memory / GIB:.1f} GiB, {free:.1f} GiB are free: training begins "
            f"with {plan.rung.rung}, the effective batch stays {plan.effective_batch}"
        )


def _place(plan: Plan) -> Iterator[str]:
    if plan.machine.device == "Metal" and not plan.device.startswith("Metal"):
        yield f"MLX computes on {plan.device}, not on the GPU: run outside of containers and Rosetta"
    for disk in plan.disks:
        if disk.free < disk.peak:
            yield f"disk: {disk.folder} has {disk.free / GIB:.1f} GiB free, {disk.peak / GIB:.1f} GiB are needed"


def _claims(plan: Plan, samples: int) -> Iterator[str]:
    for claim in plan.claims:
        if claim.wrong_allowed is None:
            yield (
                f"{claim.answers} answers (evaluation.samples {samples}) cannot show a {claim.target}, whatever they "
                f"say: {claim.fewest} at least can"
            )
