"""The stages of an export, measured as the step ``quantize`` measures them."""

from collections.abc import Mapping
from pathlib import Path

from nyay_lib.config import FidelityConfig, Quantization
from nyay_lib.evaluation.fidelity import fidelity_rows
from nyay_lib.evaluation.verdict import Outcome
from nyay_lib.export.fidelity import Fidelity
from nyay_lib.export.measuring import Sample, summarise
from nyay_lib.export.model_files import Gguf
from nyay_lib.jobs import FileMeasured, MeasureFilesJob, MeasureTunedJob, finish, run_job


def fidelity_of(
    base: Path,
    adapter: Path | None,
    merged: Path,
    files: Mapping[Quantization, Path],
    chats: Path,
    folder: Path,
    prompts: int = 5,
) -> Fidelity:
    """The fidelity on every row of ``chats``, each of a judgment of its own."""
    count = len(chats.read_text().splitlines())
    job = MeasureTunedJob(
        base=base,
        adapter=adapter,
        merged=merged,
        validation=chats,
        rows=tuple(range(count)),
        answer_tokens=128,
        prompts=prompts,
        greedy_tokens=16,
        folder=folder / "windows",
    )
    finish(run_job(job, folder / "tuned"))
    by_llama = MeasureFilesJob(files=dict(files), folder=job.folder, context=8192)
    found: dict[Quantization, FileMeasured] = {}
    for event in run_job(by_llama, folder / "files"):
        if isinstance(event, FileMeasured):
            found[event.quantization] = event
    return summarise(job.folder, Sample(job.rows, {row: str(row) for row in job.rows}), found, seed=0)


def outcomes(fidelity: Fidelity) -> dict[str, Outcome]:
    """How the gate judges each stage where the F16 file is shipped."""
    gguf = Gguf.model_construct(fidelity=fidelity, quantization="f16")
    return {row.name.split(": ")[1]: row.outcome for row in fidelity_rows(FidelityConfig(), gguf)}
