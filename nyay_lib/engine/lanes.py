"""Both cores at work: on a CPU each stream of MLX computes on one thread, so a micro-batch is split into lanes.

Element-wise work then runs in parallel too, which no threaded BLAS gives, and each lane's BLAS needs one thread only:
two that wait for one another lose most of their time as soon as the machine does anything else. Rows that are too few
for all lanes leave cores to BLAS.
"""

import ctypes
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import mlx.core as mx
import psutil

from nyay_lib.data.order import deal

T = TypeVar("T")
MOST_LANES = 8


class Lanes:
    """Streams to spread work over: one for each core of a CPU, the default one of a GPU.

    ``sharing`` processes work on this machine at the same time and share its cores.
    """

    def __init__(self, sharing: int = 1) -> None:
        cores = max(1, (psutil.cpu_count(logical=False) or 1) // sharing)
        on_cpu = mx.default_device() == mx.cpu
        self._streams: list[Any] = [mx.new_stream(mx.cpu) for _ in range(min(cores, MOST_LANES))] if on_cpu else []

    @property
    def count(self) -> int:
        """Number of lanes, 0 where there is but the default stream."""
        return len(self._streams)

    def deal(self, items: Sequence[T]) -> list[Sequence[T]]:
        """Neighbouring items in as many parts as there are lanes, none empty; idle lanes lend BLAS their core."""
        parts = deal(items, self.count)
        if self._streams:
            _use_threads(self.count // max(1, len(parts)))
        return parts

    @contextmanager
    def lane(self, number: int) -> Generator[None]:
        """What is built inside is computed on lane ``number`` once it is evaluated."""
        if not self._streams:
            yield
            return
        with mx.stream(self._streams[number]):
            yield


def _use_threads(count: int) -> None:
    """So many threads for each matrix product of OpenBLAS; another BLAS decides for itself."""
    with suppress(AttributeError):
        ctypes.CDLL(None).openblas_set_num_threads(count)
