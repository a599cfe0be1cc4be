"""What an engine is, and whether it computes."""

from importlib.metadata import version

from nyay_lib.errors import JobError
from nyay_lib.jobs import Emit, LookJob

SIZE = 64


def look(job: LookJob, _: Emit) -> dict[str, int | str]:
    """Version, and whether it works on a GPU. Raises JobError if MLX computes wrongly."""
    return _llama() if job.at == "llama.cpp" else _mlx()


def _mlx() -> dict[str, int | str]:
    import mlx.core as mx

    ones = mx.ones((SIZE, SIZE))
    if (total := mx.sum(ones @ ones).item()) != SIZE**3:
        raise JobError(f"MLX computes {total} where {SIZE**3} is right")
    return {"version": version("mlx"), "on_gpu": int(mx.default_device() == mx.gpu)}


def _llama() -> dict[str, int | str]:
    import llama_cpp

    return {"version": llama_cpp.__version__, "on_gpu": int(llama_cpp.llama_supports_gpu_offload())}
