"""The base model as a file of the kind that is shipped, so that tuning is all in which the two differ."""

import shutil
import time
from collections.abc import Generator
from pathlib import Path

from filelock import FileLock

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig, Quantization
from nyay_lib.export.fusing import FUSION
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.model_files import BaseFile
from nyay_lib.export.quantizing import QUANTIZATION
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import Event, FuseJob, Progress, QuantizeJob, run_job
from nyay_lib.results import is_intact


def base_file(
    config: PipelineConfig, base: Base, quantization: Quantization, job_folder: Path
) -> Generator[Event, None, BaseFile]:
    """Make the file once for a base and a quantisation; what it is made from on the way is removed again.

    Of two runs that want it one waits, and takes it. Raises ExportError, JobError.
    """
    inputs = digest_value([FUSION, QUANTIZATION, base.digest, quantization])
    folder = config.paths.cache.resolve() / f"base-file-{inputs[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if (found := BaseFile.reuse(folder / "result.json", inputs)) and is_intact(found.path, found.sha256):
            return found
        start = time.monotonic()
        base.require_intact()
        target = folder / f"base-{quantization}.gguf"
        f16 = yield from _written(base, folder, job_folder / "fuse")
        if quantization == "f16":
            f16.replace(target)
        else:
            yield from run_job(QuantizeJob(source=f16, targets={quantization: target}), job_folder / "quantize")
            f16.unlink()
        return BaseFile(
            inputs=inputs,
            seconds=time.monotonic() - start,
            base=base.name,
            path=target,
            sha256=digest_file(target),
            bytes=target.stat().st_size,
            quantization=quantization,
        ).save(folder / "result.json")


def _written(base: Base, folder: Path, job_folder: Path) -> Generator[Event, None, Path]:
    """The F16 file."""
    dequantised, f16 = folder / "dequantised", folder / "f16.gguf"
    job = FuseJob(base=base.folder, adapter=None, target=dequantised, source=base.source)
    yield from run_job(job, job_folder)
    yield Progress(done=0, total=1, what="F16 file")
    write_gguf(dequantised, f16, name="base", metadata={"general.base_model.0.name": base.name})
    shutil.rmtree(dequantised)
    return f16
