"""Errors in the log of a run: one whose message is meant for the user is told without a traceback."""

import logging

from nyay_lib.errors import NyayError

LOGGERS = ("prefect.task_runs", "prefect.flow_runs")


def without_tracebacks() -> None:
    """From now on Prefect tells a NyayError by its message alone; what is a bug keeps its traceback."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_tell_plainly)


def _tell_plainly(record: logging.LogRecord) -> bool:
    if record.exc_info and isinstance(record.exc_info[1], NyayError):
        record.exc_info = record.exc_text = None
    return True
