"""Base and adapter to one model folder, in a child process."""

import time
from collections.abc import Generator
from pathlib import Path

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import FuseOnto, PipelineConfig
from nyay_lib.errors import ExportError
from nyay_lib.export.model_card import CARDS
from nyay_lib.export.model_files import MergedModel
from nyay_lib.files import digest_value
from nyay_lib.jobs import Event, FuseJob, run_job
from nyay_lib.registry.serving import require_other_than_serves
from nyay_lib.results import seal
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter, mend_adapter

# Raised when fusing computes something else, so that older folders are not taken for new ones.
FUSION = 1


def fuse(config: PipelineConfig, run: RunDir, base: Base, adapter: Adapter) -> Generator[Event, None, MergedModel]:
    """Fuse the base that the configuration names and the adapter in f32, stored in f16.

    Raises DamagedError for a base or adapter that is not as it was made, RegistryError for a run that serves, and
    ExportError: the base has no original, or the disk is full.
    """
    onto = config.export.fuse_onto
    inputs = digest_value([FUSION, base.digest, adapter.digest, *(["original"] if onto == "original" else [])])
    if found := MergedModel.reuse_intact(run.result("fuse"), inputs):
        return found
    require_other_than_serves(config, run, run.result("fuse"), inputs)
    start = time.monotonic()
    base.require_intact()
    adapter.require_intact(mend_adapter(run))
    job = FuseJob(base=_folder(onto, base), adapter=adapter.folder, target=run.merged, source=base.source)
    done = yield from run_job(job, run.job("fuse"))
    files = seal(run.merged, (path.name for path in run.merged.iterdir() if path.name not in CARDS))
    weights = [name for name in files if name.endswith(".safetensors")]
    return MergedModel(
        inputs=inputs,
        seconds=time.monotonic() - start,
        folder=run.merged,
        files=files,
        digest=digest_value([files[name] for name in weights]),
        bytes=sum((run.merged / name).stat().st_size for name in weights),
        adapted_modules=int(done.result["adapted"] or 0),
        fused_onto=onto,
        shards=len(weights),
        process_peak=int(done.result["process_peak"] or 0),
    ).save(run.result("fuse"))


def _folder(onto: FuseOnto, base: Base) -> Path:
    """The weights that the adapter is added to. Raises ExportError for an original that nobody has."""
    if onto == "original" and base.source == base.folder:
        raise ExportError(
            f"{base.name}: comes quantised, so there is no original to fuse onto; set export.fuse_onto to 'quantized'"
        )
    return base.source if onto == "original" else base.folder
