"""The matrix leaves nothing out: every task of the flow is a row of it, and every cell is tried or has its reason."""

from importlib import import_module

from prefect import Task

import flows.train_nyay as flow
from tests.chaos.cells import WAYS, names
from tests.chaos.faults import FAULTS, reason_against
from tests.chaos.steps import NO_ROWS, STEPS


def test_every_task_of_the_flow_is_a_row() -> None:
    called = {task.name for name, task in vars(flow).items() if isinstance(task, Task) and name in names_in_the_flow()}
    assert called == {step.task for step in STEPS} | set(NO_ROWS)


def names_in_the_flow() -> tuple[str, ...]:
    return flow.train_nyay.fn.__code__.co_names


def test_the_functions_that_a_row_watches_are_there() -> None:
    for step in STEPS:
        module, _, name = step.span.partition(":")
        assert callable(getattr(import_module(module), name)), step


def test_each_cell_has_a_way_or_a_reason() -> None:
    assert len(names()) == len(STEPS) * len(FAULTS)
    for step, fault in names():
        assert fault in WAYS and (reason_against(step, fault) or step.inputs or fault != "damaged input")
