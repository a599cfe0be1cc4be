"""Drawing up the plan: what is known of base, data and machine first, then what follows from it."""

import time
from collections.abc import Generator
from datetime import datetime, timedelta

import psutil

from nyay_lib.base_model import SourceCheck, check_source
from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.disk import checkpoint_bytes, disks, needs
from nyay_lib.files import digest_value
from nyay_lib.jobs import Event
from nyay_lib.ladder import ladder, place_of
from nyay_lib.machine import this_machine
from nyay_lib.memory_lessons import first_rung
from nyay_lib.nights import now
from nyay_lib.planning.alternatives import alternatives
from nyay_lib.planning.assumed import assumed
from nyay_lib.planning.calibration import Calibration, calibrate
from nyay_lib.planning.chosen_rows import write_chosen
from nyay_lib.planning.claims import claims
from nyay_lib.planning.costs import fitted
from nyay_lib.planning.hours import Choice, choose
from nyay_lib.planning.nights import nights_needed
from nyay_lib.planning.other_steps import other_steps
from nyay_lib.planning.outlook import Outlook
from nyay_lib.planning.plan import Plan
from nyay_lib.planning.warnings import reductions, warnings_of, would_fit
from nyay_lib.planning.workload import epoch_of, padded_tokens, read_rows
from nyay_lib.registry.unloading import unload_models
from nyay_lib.runs import RunDir
from nyay_lib.training import settings_digest

HOUR = 3600.0
# Where no hours are given, what fits in a night is proposed.
NIGHT_HOURS = 10.0
RANKS = "the hours are those of one rank; distributed.ranks on machines of their own take less"


def plan_run(config: PipelineConfig, run: RunDir, base: Base, data: Dataset) -> Generator[Event, None, Plan]:
    """The plan of a run, yielding the calibration's events; once made it is the run's for good.

    The choice of rows and epochs is a function of the configuration, the data and the calibration, and is frozen in the
    run's folder: a run that is taken up again trains what it began with.
    """
    inputs = inputs_digest(config, base, data)
    if found := Plan.reuse(run.result("plan"), inputs):
        return found
    start = time.monotonic()
    unload_models(config)
    outlook = yield from outlook_of(config, base, data)
    plan, choice = draw_up(outlook, inputs, check_source(config.model, config.paths.cache), run)
    if len(choice.rows) < len(outlook.rows):
        write_chosen(data, choice.rows, config.training.max_seq_length, run.planned_data)
        plan = plan.model_copy(update={"data_folder": run.planned_data})
    return plan.model_copy(update={"seconds": time.monotonic() - start}).save(run.result("plan"))


def inputs_digest(config: PipelineConfig, base: Base, data: Dataset) -> str:
    """Digest of what a plan decides about."""
    return digest_value([base.digest, data.digest, settings_digest(config), config.time.max_hours])


def outlook_of(config: PipelineConfig, base: Base, data: Dataset) -> Generator[Event, None, Outlook]:
    """What is known with the base and the data at hand, after a calibration."""
    calibration: Calibration = yield from calibrate(config, base)
    machine, costs, start = this_machine(), fitted(calibration), first_rung(config, base)
    warnings = [f"the calibration ended early at {calibration.failed}"] if calibration.failed else []
    warnings += [f"memory: {start.why}"] if start.why else []
    warnings += [RANKS] if config.distributed.ranks > 1 else []
    return Outlook(
        config=config,
        rows=read_rows(data.folder / "train_rows.jsonl"),
        validation=read_rows(data.folder / "val_rows.jsonl"),
        costs=costs or assumed(machine, base.parameters, base.bytes, checkpoint_bytes(config, base.parameters)),
        machine=machine,
        device=calibration.device or machine.device,
        parameters=base.parameters,
        memory_free=psutil.virtual_memory().available,
        calibrated=costs is not None,
        assumptions=() if costs else ("not calibrated: speed and memory are assumed from the number of parameters",),
        warnings=tuple(warnings),
        learned=place_of(start.rung, ladder(config)),
    )


def draw_up(
    outlook: Outlook, inputs: str, source: SourceCheck | None, run: RunDir | None = None
) -> tuple[Plan, Choice]:
    """The plan and the rows that it chose. ``source`` tells how large the base is, for the disk; None: not known."""
    config, training, first = outlook.config, outlook.config.training, outlook.first()
    rung = ladder(config)[first]
    choice = choose(
        outlook.rows,
        training.epochs,
        config.time.max_hours * HOUR if config.time.max_hours else None,
        training.effective_batch_size,
        training.seed,
        lambda rows, epochs: outlook.seconds(rung, rows, epochs),
    )
    written = () if source is None else tuple(disks(needs(config, run, source)))
    plan = _plan(outlook, choice, first, inputs).model_copy(update={"disks": written})
    warnings = (*outlook.warnings, *outlook.assumptions, *warnings_of(plan, config.evaluation.samples))
    return plan.model_copy(update={"warnings": warnings, "reductions": tuple(reductions(plan))}), choice


def _plan(outlook: Outlook, choice: Choice, first: int, inputs: str) -> Plan:
    """The plan but for its disks and warnings."""
    config, (rows, epochs) = outlook.config, choice
    rungs = outlook.rungs(rows, epochs)
    rung, steps = rungs[first].rung, outlook.steps(len(rows), epochs)
    seconds = outlook.seconds(rung, rows, epochs)
    hours = proposed_hours(config)
    nights = nights_of(config, seconds, outlook.costs.load_seconds)
    training = config.training.model_copy(update={"epochs": epochs})
    answers = min(config.evaluation.samples, len(outlook.validation))
    wanted = outlook.seconds(rung, outlook.rows, config.training.epochs)
    return Plan(
        inputs=inputs,
        device=outlook.device,
        machine=outlook.machine,
        calibrated=outlook.calibrated,
        assumptions=outlook.assumptions,
        rows=len(rows),
        rows_available=len(outlook.rows),
        epochs=epochs,
        epochs_wanted=config.training.epochs,
        max_hours=config.time.max_hours,
        effective_batch=config.training.effective_batch_size,
        steps=steps,
        warmup_steps=config.model_copy(update={"training": training}).warmup_steps(len(rows)),
        tokens_per_epoch=sum(row.inputs for row in rows),
        tokens=epochs * sum(row.inputs for row in rows),
        padded_tokens=epochs * padded_tokens(epoch_of(rows, outlook.at(rung))),
        completion_tokens=epochs * sum(row.answer for row in rows),
        tokens_lost=sum(row.lost for row in rows),
        rungs=rungs,
        first=first,
        evaluations=outlook.evaluations(steps),
        evaluation_seconds=outlook.evaluation_seconds(rung, steps),
        load_seconds=outlook.costs.load_seconds,
        others=other_steps(
            config, outlook.validation, outlook.costs, outlook.parameters, calibrated=outlook.calibrated
        ),
        window=config.time.train_between or "",
        nights=nights[0] if nights else None,
        ends=nights[1] if nights else None,
        memory_free=outlook.memory_free,
        memory_total=psutil.virtual_memory().total,
        would_fit=would_fit(outlook),
        disks=(),
        claims=claims(answers),
        alternatives=tuple(alternatives(outlook, rung, hours * HOUR)) if wanted > hours * HOUR else (),
        alternatives_hours=hours,
        warnings=(),
        reductions=(),
        data_folder=None,
    )


def proposed_hours(config: PipelineConfig) -> float:
    """The hours for which alternatives are proposed: those given, else those of one night."""
    if config.time.max_hours:
        return config.time.max_hours
    nights = config.time.nights
    if nights.hours is None:
        return NIGHT_HOURS
    opens = now() + timedelta(seconds=nights.seconds_until_open(now()))
    return (nights.next_change(opens) - opens).total_seconds() / HOUR


def nights_of(config: PipelineConfig, seconds: float, load_seconds: float) -> tuple[int, datetime] | None:
    """Nights and end of a training of so many seconds that begins now; None where it may train at any hour."""
    if config.time.train_between is None:
        return None
    return nights_needed(seconds - load_seconds, load_seconds, config.time.nights, now())
