"""Base and adapter to one model folder, in a child process."""

import time
from collections.abc import Generator
from pathlib import Path

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import FuseOnto, PipelineConfig
from nyay_lib.errors import ExportError
from nyay_lib.export.model_files import MergedModel
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import Event, FuseJob, run_job
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter

# Raised when fusing computes something else, so that older folders are not taken for new ones.
FUSION = 1


def fuse(config: PipelineConfig, run: RunDir, base: Base, adapter: Adapter) -> Generator[Event, None, MergedModel]:
    """Fuse the base that the configuration names and the adapter in f32, stored in f16.

    Raises ExportError: the adapter is not the one that was trained, the base has no original, or the disk is full.
    """
    onto = config.export.fuse_onto
    inputs = digest_value([FUSION, base.digest, adapter.digest, *(["original"] if onto == "original" else [])])
    if (found := MergedModel.reuse(run.result("fuse"), inputs)) and (found.folder / "config.json").exists():
        return found
    start = time.monotonic()
    _require_trained(adapter)
    job = FuseJob(base=_folder(onto, base), adapter=adapter.folder, target=run.merged, source=base.source)
    done = yield from run_job(job, run.job("fuse"))
    weights = sorted(run.merged.glob("*.safetensors"))
    return MergedModel(
        inputs=inputs,
        seconds=time.monotonic() - start,
        folder=run.merged,
        digest=digest_value([digest_file(path) for path in weights]),
        bytes=sum(path.stat().st_size for path in weights),
        adapted_modules=int(done.result["adapted"] or 0),
        fused_onto=onto,
        shards=len(weights),
        process_peak=int(done.result["process_peak"] or 0),
    ).save(run.result("fuse"))


def _require_trained(adapter: Adapter) -> None:
    """The adapter must be on the disk as training left it."""
    path = adapter.folder / "adapters.safetensors"
    found = digest_file(path) if path.exists() else None
    if found != adapter.digest:
        what = "is gone" if found is None else "is not what was trained: its digest has changed"
        raise ExportError(f"{path}: {what}; put it back, or remove jobs/train/result.json of the run and run it again")


def _folder(onto: FuseOnto, base: Base) -> Path:
    """The weights that the adapter is added to. Raises ExportError for an original that nobody has."""
    if onto == "original" and base.source == base.folder:
        raise ExportError(
            f"{base.name}: comes quantised, so there is no original to fuse onto; set export.fuse_onto to 'quantized'"
        )
    return base.source if onto == "original" else base.folder
