"""Data-parallel training: every rank holds the same adapter and computes its share of each effective batch.

Gradients and losses are summed over all ranks before anything is done with them, so that all decide alike. The first
rank alone touches checkpoints and adapter; the others take over what it holds, bit by bit.
"""

import faulthandler
import json
import os
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import mlx.core as mx
import numpy as np
from mlx.utils import tree_flatten, tree_unflatten

from nyay_lib.config import DistributedConfig
from nyay_lib.errors import NyayError
from nyay_lib.jobs import Emit, Failed

T = TypeVar("T")
# The last rank gives up on the first one after 15 s of attempts; before that a slow machine has to start Python.
JOIN_SECONDS = 120.0


class Ranks:
    """All processes that train together, as one of them sees them. Alone, each method gives back what it got."""

    def __init__(self, config: DistributedConfig, emit: Emit) -> None:
        self._config, self._emit = config, emit
        self.number, self.count = 0, config.ranks
        if self.count > 1:
            self.number = _join(config.ranks)

    @property
    def first(self) -> bool:
        """Whether this is the rank that writes."""
        return self.number == 0

    @property
    def here(self) -> int:
        """How many ranks share this one's machine."""
        hosts = self._config.hosts
        return hosts.count(hosts[self.number]) if hosts else self.count

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """This rank's part; neighbours go to different ranks."""
        return items[self.number :: self.count]

    def sum(self, tree: T) -> T:
        """The sum over all ranks of each array of a tree of f32 arrays, in one message."""
        if self.count == 1:
            return tree
        names, arrays = zip(*_named(tree), strict=True)
        flat = self._total(mx.concatenate([array.reshape(-1).astype(mx.float32) for array in arrays]))
        borders = np.cumsum([array.size for array in arrays])[:-1].tolist()
        parts = zip(mx.split(flat, borders), arrays, strict=True)
        return tree_unflatten([(n, p.reshape(a.shape)) for n, (p, a) in zip(names, parts, strict=True)])

    def sum_value(self, value: float) -> float:
        """The same for a number, in f32."""
        return value if self.count == 1 else np.array(self._total(mx.array([value], mx.float32))).tolist()[0]

    def any(self, here: bool) -> bool:
        """Whether it is so on any rank."""
        return self.sum_value(float(here)) > 0

    def adopt(self, tree: T) -> T:
        """The first rank's tree of arrays, to the last bit; the others' have the same names, shapes and types."""
        return tree_unflatten([(name, self._from_first(array)) for name, array in _named(tree)])

    def adopt_value(self, value: T) -> T:
        """The first rank's JSON value."""
        text = np.frombuffer(json.dumps(value).encode(), np.uint8)
        length = np.array(self._from_first(mx.array([len(text)]))).tolist()[0]
        return json.loads(bytes(np.array(self._from_first(mx.array(np.resize(text, length))))))

    def require_same(self, what: str, value: float, tolerance: float) -> None:
        """Raises NyayError on all ranks where a value is not the same on all, but for a relative ``tolerance``."""
        mine = np.zeros(self.count, np.float32)
        mine[self.number] = value
        values: list[float] = np.array(self._total(mx.array(mine))).tolist()
        if max(values) - min(values) > tolerance * max(map(abs, values)):
            raise NyayError(
                f"{what} differs between the ranks ({', '.join(f'{v:.9g}' for v in values)}): base model and data set "
                "must be the same, under the same path, on each of distributed.hosts"
            )

    def _from_first(self, array: mx.array) -> mx.array:
        """Bytes are added to zeros, which changes no bit, as adding numbers may."""
        bits = array.reshape(-1).view(mx.uint8)
        return self._total(bits if self.first else mx.zeros_like(bits)).view(array.dtype).reshape(array.shape)

    def _total(self, array: mx.array) -> mx.array:
        with self._patience():
            total = mx.distributed.all_sum(array)
            mx.eval(total)
        return total

    @contextmanager
    def _patience(self) -> Generator[None]:
        """Whoever waits too long for another rank ends, and with it all."""
        timer = threading.Timer(self._config.patience, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        text = (
            f"rank {self.number} heard nothing of the other ranks for distributed.patience, {self._config.patience:g} "
            "s: look at their machines and at rank-*.log, then start the same run again"
        )
        self._emit(Failed(kind="user", message=text))
        os._exit(1)


def _named(tree: Any) -> list[tuple[str, mx.array]]:
    """Names and arrays of a tree, in the same order on all ranks: a tree that was read from a file has another."""
    leaves: Any = tree_flatten(tree)
    return sorted(leaves, key=lambda leaf: leaf[0])


def _join(count: int) -> int:
    """Meet the other ranks; returns this one's number. Raises NyayError when they are not found."""
    # MLX waits for a neighbour without letting any other thread of Python run.
    faulthandler.dump_traceback_later(JOIN_SECONDS, exit=True)
    try:
        group = mx.distributed.init(strict=True, backend="ring")
    except RuntimeError as error:
        raise NyayError(
            f"rank {os.environ.get('MLX_RANK')} did not find the others ({error}): the addresses of distributed.hosts "
            "and the ports from distributed.port on must be open between the machines"
        ) from error
    finally:
        faulthandler.cancel_dump_traceback_later()
    assert group.size() == count
    return group.rank()
