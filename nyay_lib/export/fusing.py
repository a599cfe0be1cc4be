"""Base and adapter to one model folder, in a child process."""

import time
from collections.abc import Generator

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.export.model_files import MergedModel
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import Event, FuseJob, run_job
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter

# Raised when fusing computes something else, so that older folders are not taken for new ones.
FUSION = 1


def fuse(run: RunDir, base: Base, adapter: Adapter) -> Generator[Event, None, MergedModel]:
    """Fuse the dequantised base and the adapter in f32, stored in f16. Raises ExportError, JobError."""
    inputs = digest_value([FUSION, base.digest, adapter.digest])
    if (found := MergedModel.reuse(run.result("fuse"), inputs)) and (found.folder / "config.json").exists():
        return found
    start = time.monotonic()
    done = yield from run_job(FuseJob(base=base.folder, adapter=adapter.folder, target=run.merged), run.job("fuse"))
    weights = sorted(run.merged.glob("*.safetensors"))
    return MergedModel(
        inputs=inputs,
        seconds=time.monotonic() - start,
        folder=run.merged,
        digest=digest_value([digest_file(path) for path in weights]),
        bytes=sum(path.stat().st_size for path in weights),
        adapted_modules=int(done.result["adapted"] or 0),
    ).save(run.result("fuse"))
