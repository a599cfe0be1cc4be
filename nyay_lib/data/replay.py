"""Retraining on what is new: the adapter in production goes on, with old rows among the new ones, lest it forget.

Old rows are drawn by the seed and their own digest, so the same version gives the same mix wherever it is made.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import LoraConfig, PipelineConfig
from nyay_lib.data.decisions import forgotten, read_decisions
from nyay_lib.data.version import DIGITS, MANIFEST, Version, find_version, json_lines, version_folder
from nyay_lib.files import digest_file, write_text
from nyay_lib.frozen import Frozen
from nyay_lib.registry.journal import champion, journal_of
from nyay_lib.runs import RunDir


class Replay(Frozen):
    """The run whose adapter goes on, the version that it knows, and the share of old rows in what is trained on."""

    run_id: str
    adapter: Path
    adapter_digest: str
    version: str
    share: float
    seed: int


class Start(Frozen):
    """Where a run begins: at the base on all rows, unless there is a ``replay``; ``why`` says it in words."""

    replay: Replay | None = None
    why: str = ""


def start_of(config: PipelineConfig, run: RunDir, base: Base) -> Start:
    """Where a run begins: decided once, as production may change before it goes on."""
    if run.start.exists():
        return Start.model_validate_json(run.start.read_bytes())
    start = choose_start(config, base)
    write_text(run.start, start.model_dump_json(indent=2) + "\n")
    return start


def choose_start(config: PipelineConfig, base: Base) -> Start:
    """Where a run that begins now begins, as the configuration wishes and production allows."""
    if config.retraining.start == "base":
        return Start()
    live = champion(journal_of(config))
    return _going_on(config, base, live.run_id) if live else _over("nothing is in production")


def _going_on(config: PipelineConfig, base: Base, run_id: str) -> Start:
    run, name = RunDir.at(config.paths.runs, run_id), f"{run_id}, in production,"
    try:
        lora = PipelineConfig.model_validate_json(run.config.read_bytes()).lora
        known = str(json.loads(run.result("convert").read_bytes())["version"])
        digest = digest_file(run.adapter / "adapters.safetensors")
        of = json.loads(run.result("download-base").read_bytes())["digest"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return _over(f"{name} is not whole ({' '.join(str(error).split())})")
    if of != base.digest or _shape(lora) != _shape(config.lora):
        return _over(f"{name} has another base, rank, alpha or other target modules")
    if not (version_folder(config, known) / MANIFEST).exists():
        return _over(f"{name} was trained on no version of this data set")
    if gone := _forgotten(config, find_version(config, known)):
        return _over(f"{name} has learned from {gone[0]}, which is to be forgotten")
    share, seed = config.retraining.replay, config.training.seed
    replay = Replay(run_id=run_id, adapter=run.adapter, adapter_digest=digest, version=known, share=share, seed=seed)
    return Start(replay=replay, why=f"at the adapter of {run_id}, which knows version {known[:DIGITS]}")


def _shape(lora: LoraConfig) -> dict[str, Any]:
    """What two adapters must have in common for one to go on as the other."""
    return lora.model_dump(exclude={"dropout"})


def _forgotten(config: PipelineConfig, version: Version) -> list[str]:
    """Cases of a version that a person has decided to keep out since: only starting over leaves them behind."""
    gone = forgotten(read_decisions(config.data.decisions))
    return sorted(gone & {str(row["cnr"]) for row in json_lines(version.rows_file) if row["side"] == "train"})


def _over(reason: str) -> Start:
    return Start(why=f"at the base, on all rows: {reason}")


def mix(config: PipelineConfig, version: Version, replay: Replay) -> frozenset[int] | None:
    """Places in the version's training file that are trained on: all new rows, and old ones up to their share.

    None where no row is new. Raises DataError if the version that is known has gone.
    """
    known = set(_digests(find_version(config, replay.version)))
    rows = list(enumerate(_digests(version)))
    new = [place for place, digest in rows if digest not in known]
    old = sorted((place for place, digest in rows if digest in known), key=lambda place: _lot(replay, rows[place][1]))
    count = round(len(new) * replay.share / (1 - replay.share))
    return frozenset([*new, *old[:count]]) if new else None


def _digests(version: Version) -> list[str]:
    """The digests of the training rows, in the order of their file."""
    return [str(row["digest"]) for row in json_lines(version.rows_file) if row["side"] == "train"]


def _lot(replay: Replay, digest: str) -> bytes:
    return hashlib.sha256(f"{replay.seed}/{digest}".encode()).digest()
