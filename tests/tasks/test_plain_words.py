"""The log of a run shows no traceback of an error that is meant for the user, and that of every bug."""

import logging

import pytest

import tasks.plain_words
from nyay_lib.errors import DataError


@pytest.mark.parametrize(("error", "shown"), [(DataError("line 3"), False), (TypeError("a bug"), True)])
@pytest.mark.parametrize("name", tasks.plain_words.LOGGERS)
def test_only_a_bug_has_a_traceback(name: str, error: Exception, shown: bool) -> None:
    logger, raised = logging.getLogger(name), (type(error), error, None)
    record = logger.makeRecord(name, logging.ERROR, "", 1, "failed: %s", (error,), raised)
    assert logger.filter(record)
    assert bool(record.exc_info) is shown and record.getMessage() == f"failed: {error}"
