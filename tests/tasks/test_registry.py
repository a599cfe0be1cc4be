"""Registering stands in a Prefect transaction: what fails in it is undone, what went well stays."""

import pytest
from prefect.transactions import transaction

from tasks.registry import in_transaction


class Undone(list[str]):
    def __call__(self) -> None:
        self.append("undone")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_fails_is_undone_once_and_the_error_goes_on(error: type[BaseException]) -> None:
    undo = Undone()
    with pytest.raises(error), in_transaction(undo):
        raise error
    assert undo == ["undone"]


def test_what_went_well_stays_even_if_what_comes_after_fails() -> None:
    undo = Undone()
    with pytest.raises(ValueError), transaction():
        with in_transaction(undo):
            pass
        raise ValueError
    assert undo == []
