"""Lines judged in other processes: some chunks wait for each, so that memory stays flat, and the order stays."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait

from nyay_lib.data.examine import Judged, Rules, judge
from nyay_lib.data.records import Line
from nyay_lib.errors import DataError

LINES_AT_ONCE = 32
BYTES_AT_ONCE = 1 << 20
CHUNKS_WAITING = 3  # for each process; more would only fill memory
MOST_PROCESSES = 4
ENOUGH_FOR_MORE = 8 << 20  # bytes; a second process takes a second to start


def processes_for(size: int) -> int:
    """How many processes are worth starting for so many bytes of records."""
    return 1 if size < ENOUGH_FOR_MORE else min(MOST_PROCESSES, os.cpu_count() or 1)


def judge_all(sources: Iterable[Iterable[Line]], rules: Rules, processes: int = 1) -> Iterator[tuple[int, Judged]]:
    """The lines of each source by themselves, in order, each with the number of its source.

    With more than one of ``processes`` they are judged in so many others. Raises DataError if one of them is ended.
    """
    if processes > 1:
        return _judge_elsewhere(sources, rules, processes)
    return ((number, judge(line, rules)) for number, lines in enumerate(sources) for line in lines)


def _judge_elsewhere(sources: Iterable[Iterable[Line]], rules: Rules, processes: int) -> Iterator[tuple[int, Judged]]:
    waiting: deque[tuple[int, Future[list[Judged]]]] = deque()
    # Spawned: the tokenizer's threads do not survive a fork.
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start, (rules,))
    try:
        for number, chunk in ((number, chunk) for number, lines in enumerate(sources) for chunk in chunks(lines)):
            with _deaf():
                waiting.append((number, pool.submit(_judge_chunk, chunk)))
            if len(waiting) > CHUNKS_WAITING * processes:
                yield from _next(waiting)
        while waiting:
            yield from _next(waiting)
    except BrokenProcessPool as error:
        raise DataError(f"a process that judged rows was ended, as when memory runs out: {error}") from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf() -> Generator[None]:
    """Processes that are started meanwhile never hear Ctrl-C: that is for their parent, which ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _next(waiting: deque[tuple[int, Future[list[Judged]]]]) -> Iterator[tuple[int, Judged]]:
    number, chunk = waiting.popleft()
    return ((number, row) for row in chunk.result())


def chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Consecutive lines, at most LINES_AT_ONCE; a chunk ends with the line that brings it to BYTES_AT_ONCE."""
    chunk: list[Line] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line[1]) if isinstance(line, tuple) else 0
        if len(chunk) == LINES_AT_ONCE or size >= BYTES_AT_ONCE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


_rules: list[Rules] = []


def _start(rules: Rules) -> None:
    _rules[:] = [rules]
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """A worker whose parent was killed would wait for its next chunk for ever."""
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os._exit(1)


def _judge_chunk(lines: list[Line]) -> list[Judged]:
    return [judge(line, _rules[0]) for line in lines]
