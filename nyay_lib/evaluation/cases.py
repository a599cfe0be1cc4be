"""Test cases of the user's own, asked of every model whatever the sample: evaluation/test_cases.json.

The file is a list of objects: ``name`` and ``instruction``; beside them ``input`` (a judgment), ``expect`` and
``forbid``. A case passes if the answer tells all that is expected and nothing that is forbidden and, where it has an
input, names no reference that the input does not support. What is told is a reference in any of its forms, such as
"Section 302 IPC", or else words, whatever their letter case.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import pydantic
from pydantic import StringConstraints

from nyay_lib.data.budget import Budget
from nyay_lib.errors import DataError
from nyay_lib.evaluation.gold import keys
from nyay_lib.evaluation.grounding import check_grounding
from nyay_lib.frozen import Frozen
from nyay_lib.law import extract_references
from nyay_lib.law.normalise import normalise
from nyay_lib.prompt import Message, conversation, user_turn

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Case(Frozen):
    """One case."""

    name: Words
    instruction: Words
    input: str = ""
    expect: tuple[Words, ...] = ()
    forbid: tuple[Words, ...] = ()


class Tried(Frozen):
    """A case with its answer; it passed if ``faults`` is empty."""

    name: str
    question: str
    answer: str
    faults: tuple[str, ...]


CASES: pydantic.TypeAdapter[tuple[Case, ...]] = pydantic.TypeAdapter(tuple[Case, ...])


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file; none where there is no file. Raises DataError that names the case and what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); evaluation.test_cases names a list of cases") from error
    try:
        cases = CASES.validate_json(text)
    except pydantic.ValidationError as error:
        raise DataError(f"{path}: {_explain(text, error)}") from error
    if twice := [name for name, count in Counter(case.name for case in cases).items() if count > 1]:
        raise DataError(f"{path}: two cases have the name {twice[0]!r}; give each a name of its own")
    return cases


def _explain(text: str, error: pydantic.ValidationError) -> str:
    """The first fault in words: which case, which field, and what is wrong with it."""
    fault = error.errors()[0]
    place = list(fault["loc"])
    if not place or not isinstance(place[0], int):
        return f"is no list of cases ({fault['msg']}); see docs/operating.md"
    found: Any = json.loads(text)[place[0]]
    name = found.get("name") if isinstance(found, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    field = ".".join(str(part) for part in place[1:]) or "the whole"
    return f"case {place[0] + 1} ({name!r}): {field}: {fault['msg']}; a case has {', '.join(Case.model_fields)}"


def prompts_of(cases: Sequence[Case], budget: Budget, answer_tokens: int) -> list[list[Message]]:
    """Each case as it is asked, its input shortened as in training. Raises DataError for one that leaves no room."""
    prompts: list[list[Message]] = []
    for case in cases:
        fitted = budget.fit(case.instruction, case.input, min(answer_tokens, budget.limit // 2))
        if fitted is None:
            raise DataError(f"the case {case.name!r} is longer than training.max_seq_length {budget.limit}: shorten it")
        prompts.append(conversation(user_turn(case.instruction, fitted.source)))
    return prompts


def judge_case(case: Case, answer: str) -> Tried:
    """The case with what is wrong with its answer."""
    faults = [f"does not tell {wanted!r}" for wanted in case.expect if not tells(answer, wanted)]
    faults += [f"tells {unwanted!r}" for unwanted in case.forbid if tells(answer, unwanted)]
    if case.input:
        found = check_grounding(answer, case.input, case.instruction).unsupported
        faults += [f"names {one.canonical}, which its input does not" for one in found]
    return Tried(name=case.name, question=case.instruction, answer=answer, faults=tuple(faults))


def tells(answer: str, wanted: str) -> bool:
    """Whether an answer names the reference, or has the words, that are wanted."""
    references = keys(extract_references(wanted))
    if references:
        return references <= keys(extract_references(answer))
    return normalise(wanted).lower in normalise(answer).lower
