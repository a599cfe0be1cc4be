"""The log of a run shows no traceback of an error that is meant for the user, and that of every bug."""

import logging

import pytest

import tasks.plain_words
from nyay_lib.errors import DataError


@pytest.mark.parametrize(("error", "shown"), [(DataError("line 3"), False), (TypeError("a bug"), True)])
def test_only_a_bug_has_a_traceback(error: Exception, shown: bool) -> None:
    records: list[logging.LogRecord] = []
    catching = logging.Handler()
    catching.emit = records.append  # type: ignore[method-assign]
    logger = logging.getLogger(tasks.plain_words.LOGGERS[0])
    logger.addHandler(catching)
    try:
        logger.error("failed: %s", error, exc_info=error)
    finally:
        logger.removeHandler(catching)
    [record] = records
    assert bool(record.exc_info) is shown and str(error) in record.getMessage()
