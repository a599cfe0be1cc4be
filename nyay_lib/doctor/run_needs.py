"""What a run of one configuration needs: its base model and the right to it, memory, disk, Ollama."""

import os
import shutil
from collections.abc import Iterator

import psutil

from nyay_lib.base_model.fetch import kind_of
from nyay_lib.config import PipelineConfig
from nyay_lib.doctor.finding import Finding, broken, ok, warning
from nyay_lib.errors import BaseModelError
from nyay_lib.machine import GIB
from nyay_lib.preflight import Check, base_checks, production_check, wandb_check
from nyay_lib.registry.address import address, how_to_start, outdated, version


def run_findings(config: PipelineConfig) -> Iterator[Finding]:
    """What the preflight of a run would look at, records excepted: these `nyay data check` reads."""
    yield from _login(config)
    checks = list(base_checks(config, None))
    yield from map(_of_check, checks)
    if len(checks) == 1:
        yield from _unknown(config)
    yield _ollama(config)
    if config.logging.wandb:
        yield _of_check(wandb_check())
    yield _of_check(production_check(config))


def _of_check(check: Check) -> Finding:
    """A refusal of a base model names its mend itself, after the fact."""
    if check.ok:
        return ok(check.name, check.measured)
    fact, _, way_out = (check.measured, "", check.mend) if check.mend else check.measured.partition("; ")
    return broken(check.name, f"{fact} (needed: {check.needed})", way_out)


def _login(config: PipelineConfig) -> Iterator[Finding]:
    """Whether there is a login to the hub; what it may read, the base model's own line tells."""
    try:
        if kind_of(config.model) != "hub":
            return
    except BaseModelError:
        return
    from nyay_lib.base_model.hub_errors import is_logged_in

    where = "HF_TOKEN" if os.environ.get("HF_TOKEN") else "the token of `hf auth login`"
    yield (
        ok("hub login", where)
        if is_logged_in()
        else warning("hub login", "none: models that are gated cannot be fetched", "hf auth login")
    )


def _unknown(config: PipelineConfig) -> Iterator[Finding]:
    """Memory and disk while nobody knows how large the base model is."""
    mend = "mend the base model first"
    memory, folder = psutil.virtual_memory(), next(p for p in config.paths.runs.absolute().parents if p.exists())
    yield warning("memory", f"{memory.available / GIB:.1f} of {memory.total / GIB:.1f} GiB free, need not known", mend)
    yield warning("disk", f"{shutil.disk_usage(folder).free / GIB:.1f} GiB free at {folder}, need not known", mend)


def _ollama(config: PipelineConfig) -> Finding:
    """An Ollama of a version that will do; where it is only used if there is one, its absence is a warning."""
    name, wanted, where = "Ollama", config.registry.register_model, address(config)
    if wanted == "never":
        return ok(name, "not asked: registry.register is 'never'")
    found = version(where)
    if found is None:
        state = broken if wanted == "required" else warning
        return state(name, f"none at {where}", how_to_start(where))
    if old := outdated(found):
        return broken(name, f"at {where}: {old}", "update Ollama, then `ollama serve`")
    return ok(name, f"version {found} at {where}")
