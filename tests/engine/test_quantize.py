"""A quantised file is there whole or not at all, and what it is made from is never touched."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import TinyShape, make_tiny
from nyay_lib.config import Quantization
from nyay_lib.errors import NyayError, OutOfMemory
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.gguf_header import read_header
from nyay_lib.files import digest_file
from nyay_lib.jobs import Done, Progress, Quantized, QuantizeJob, Started, finish, run_job


@pytest.fixture(scope="module")
def f16(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """31 million weights, 62 MB: some seconds of work."""
    folder = tmp_path_factory.mktemp("source")
    shape = TinyShape(hidden=512, layers=4, heads=8, kv_heads=4, intermediate=2048, vocab=32_000)
    make_tiny(folder / "model", shape)
    return write_gguf(folder / "model", folder / "f16.gguf", name="large").path


def targets(folder: Path, *names: Quantization) -> dict[Quantization, Path]:
    return {name: folder / f"{name}.gguf" for name in names}


@pytest.mark.slow
def test_all_files_are_written_in_one_run_with_their_progress(f16: Path, tmp_path: Path) -> None:
    wanted = targets(tmp_path, "q8_0", "q4_k_m")
    events = list(run_job(QuantizeJob(source=f16, targets=wanted), tmp_path / "job"))
    made = [event for event in events if isinstance(event, Quantized)]
    assert [(one.quantization, one.fallbacks) for one in made] == [("q8_0", 0), ("q4_k_m", 0)]
    told = [(e.done, e.total) for e in events if isinstance(e, Progress) and e.what == "tensors to q4_k_m"]
    assert told == [(n, made[1].tensors) for n in range(1, made[1].tensors + 1)]
    done = events[-1]
    assert isinstance(done, Done)
    for name, path in wanted.items():
        assert read_header(path).file_type == f"MOSTLY_{name.upper()}"
        assert float(done.result[f"bytes predicted of {name}"] or 0) == pytest.approx(path.stat().st_size, abs=20_000)


def test_the_input_is_never_the_output_by_whatever_name(f16: Path, tmp_path: Path) -> None:
    source = tmp_path / "source.gguf"
    shutil.copy(f16, source)
    (tmp_path / "hard.gguf").hardlink_to(source)
    (tmp_path / "soft.gguf").symlink_to(source)
    for target in (source, tmp_path / "hard.gguf", tmp_path / "soft.gguf"):
        with pytest.raises(NyayError, match="cannot be quantised onto itself"):
            finish(run_job(QuantizeJob(source=source, targets={"q8_0": target}), tmp_path / "job"))
    assert digest_file(source) == digest_file(f16)


@pytest.mark.parametrize("kept", [2_000, 1_000_000, -1])
def test_a_truncated_input_is_refused_before_llama_cpp_sees_it(f16: Path, tmp_path: Path, kept: int) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(f16.read_bytes()[:kept])
    with pytest.raises(NyayError, match=r"cut\.gguf is cut short"):
        finish(run_job(QuantizeJob(source=cut, targets=targets(tmp_path, "q8_0")), tmp_path / "job"))
    assert "llama" not in (tmp_path / "job" / "engine.log").read_text()
    assert not (tmp_path / "q8_0.gguf").exists()


@pytest.mark.slow
def test_a_file_that_is_quantised_already_is_refused(f16: Path, tmp_path: Path) -> None:
    made = targets(tmp_path, "q8_0")
    finish(run_job(QuantizeJob(source=f16, targets=made), tmp_path / "job"))
    with pytest.raises(NyayError, match="is 'MOSTLY_Q8_0', and quantising twice loses twice"):
        finish(run_job(QuantizeJob(source=made["q8_0"], targets=targets(tmp_path, "q4_k_m")), tmp_path / "job"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
def test_a_disk_that_fills_up_leaves_nothing_and_the_next_run_completes(f16: Path, tmp_path: Path) -> None:
    job, before = QuantizeJob(source=f16, targets=targets(tmp_path, "q8_0")), digest_file(f16)

    def limit(child: "subprocess.Popen[bytes]") -> None:
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (8_000_000, 8_000_000))

    with pytest.raises(NyayError, match=r"could not quantise it to q8_0: .*MB are free"):
        finish(run_job(job, tmp_path / "job", started=limit))
    assert {path.name for path in tmp_path.iterdir()} == {"job"} and digest_file(f16) == before
    finish(run_job(job, tmp_path / "job"))
    read_header(tmp_path / "q8_0.gguf")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs to mount a small disk")
def test_a_disk_that_is_too_small_is_told_before_anything_is_written(f16: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"root may not mount here: {mounted.stderr.decode().strip()}")
    try:
        both = QuantizeJob(source=f16, targets=targets(disk, "q4_k_m", "q8_0"))
        with pytest.raises(NyayError, match=r"disk: 0\.06 GB are needed \(q4_k_m 0\.02 GB, q8_0 0\.03 GB\), 0\.04 GB"):
            finish(run_job(both, tmp_path / "job"))
        assert list(disk.iterdir()) == []
        finish(run_job(QuantizeJob(source=f16, targets=targets(disk, "q4_k_m")), tmp_path / "job"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_no_file_and_the_next_run_completes(f16: Path, tmp_path: Path) -> None:
    job, before = QuantizeJob(source=f16, targets=targets(tmp_path, "q4_k_m")), digest_file(f16)
    with pytest.raises(OutOfMemory, match="SIGKILL"):
        kill_at_tensor(job, tmp_path / "job", 3)
    assert not (tmp_path / "q4_k_m.gguf").exists() and digest_file(f16) == before
    assert len(list(tmp_path.glob(".q4_k_m.gguf.*.partial"))) == 1
    finish(run_job(job, tmp_path / "job"))
    assert {path.name for path in tmp_path.iterdir()} == {"job", "q4_k_m.gguf"}


def kill_at_tensor(job: QuantizeJob, folder: Path, number: int) -> None:
    """Run the job, and end its process with SIGKILL when it is at a tensor."""
    pid = 0
    for event in run_job(job, folder):
        if isinstance(event, Started):
            pid = event.pid
        elif isinstance(event, Progress) and event.done == number:
            os.kill(pid, signal.SIGKILL)
