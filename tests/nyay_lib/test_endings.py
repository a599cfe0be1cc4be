"""Why a child ended: what is memory that ran out on each platform, and what is not."""

import signal
from pathlib import Path

import pytest

from nyay_lib.endings import is_out_of_memory, why
from nyay_lib.errors import JobError, NyayError, OutOfMemory
from nyay_lib.jobs import Failed

BUFFER = "[METAL] Command buffer execution failed: "
METAL = f"{BUFFER}Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "engine.log"


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(
            "[metal::malloc] Attempting to allocate 40000000000 bytes which is greater than the maximum "
            "allowed buffer size of 22906503168 bytes."
        ),
        RuntimeError("[metal::malloc] Resource limit (499000) exceeded."),
        RuntimeError("[malloc] Unable to allocate 123456 bytes."),
        RuntimeError("[malloc_or_wait] Unable to allocate 123456 bytes."),
        RuntimeError(METAL),
        RuntimeError("cudaMallocAsync(&data, size, stream) failed: out of memory"),
        RuntimeError("cudaGraphLaunch(graph_exec, stream) failed: out of memory"),
        RuntimeError("cublasCreate(&handle) failed: CUBLAS_STATUS_ALLOC_FAILED"),
        RuntimeError("std::bad_alloc"),
        OSError(12, "Cannot allocate memory"),
        MemoryError(),
    ],
)
def test_exceptions_of_exhausted_memory(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        TypeError("unsupported operand type(s) for +: 'int' and 'str'"),
        RuntimeError("[matmul] Last dimension of first input with shape (2,3) must match"),
        RuntimeError("[write] Unable to write 4096 bytes to file."),
        RuntimeError("cudaLaunchKernel failed: an illegal memory access was encountered"),
        RuntimeError(f"{BUFFER}Caused GPU Timeout Error (00000002:kIOAccelCommandBufferCallbackErrorTimeout)"),
        OSError(28, "No space left on device"),
    ],
)
def test_other_exceptions(error: Exception) -> None:
    assert not is_out_of_memory(error)


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (
            -signal.SIGABRT,
            f"libc++abi: terminating due to uncaught exception of type std::runtime_error: {METAL}",
            OutOfMemory,
        ),
        (-signal.SIGABRT, "terminate called after throwing an instance of 'std::bad_alloc'", OutOfMemory),
        (-signal.SIGABRT, "[malloc] Unable to allocate 8589934592 bytes.", OutOfMemory),
        (-signal.SIGKILL, "", OutOfMemory),
        (-signal.SIGSEGV, "", OutOfMemory),
        (-signal.SIGABRT, "", JobError),
        (-signal.SIGABRT, "GGML_ASSERT(false) failed", JobError),
        (-signal.SIGTERM, "", JobError),
        (-signal.SIGBUS, "", JobError),
        (-signal.SIGILL, "", JobError),
        (1, "Segmentation fault is a word here", JobError),
        (0, "", JobError),
    ],
)
def test_how_a_child_ended_decides_what_it_was(code: int, words: str, kind: type[NyayError], log: Path) -> None:
    log.write_text(words)
    error = why("train", None, code, log)
    assert type(error) is kind
    assert "\n" not in str(error)


def test_what_an_earlier_child_wrote_to_the_log_says_nothing_about_this_one(log: Path) -> None:
    log.write_text(METAL + "\n")
    earlier = log.stat().st_size
    with log.open("a") as file:
        file.write("GGML_ASSERT(false) failed\n")
    error = why("train", None, -signal.SIGABRT, log, earlier)
    assert type(error) is JobError and "SIGABRT (GGML_ASSERT(false) failed)" in str(error)


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (Failed(kind="user", message="rows.jsonl: holds no row"), NyayError, "rows.jsonl: holds no row"),
        (Failed(kind="out_of_memory", message=METAL), OutOfMemory, f"train: memory ran out: {METAL}"),
        (Failed(kind="crash", message="TypeError: no"), JobError, "train failed: TypeError: no; the full log is"),
    ],
)
def test_a_childs_own_word_is_taken_whatever_the_code(
    said: Failed, kind: type[NyayError], words: str, log: Path
) -> None:
    error = why("train", said, 1, log)
    assert type(error) is kind and str(error).startswith(words)
