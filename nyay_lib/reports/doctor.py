"""What the doctor found, for the terminal and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from nyay_lib.doctor.finding import Finding, State

STYLES: dict[State, str] = {"ok": "green", "warning": "yellow", "broken": "bold red"}


def doctor_lines(findings: Sequence[Finding]) -> Iterator[Text]:
    """A line for each thing, below it the mend, and what it comes to."""
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        yield Text.assemble((f"{finding.state:8}", STYLES[finding.state]), f"{finding.name:{width}}  {finding.found}")
        if finding.mend:
            yield Text(f"{'':8}{'':{width}}  mend: {finding.mend}")
    yield Text(summary(findings), style="bold")


def summary(findings: Sequence[Finding]) -> str:
    """How many are broken, and how many could be better."""
    count = counted(findings)
    return f"{count['broken'] or 'nothing'} broken, {count['warning'] or 'no'} warning{'s' * (count['warning'] != 1)}"


def counted(findings: Sequence[Finding]) -> dict[State, int]:
    return {state: sum(finding.state == state for finding in findings) for state in STYLES}


def doctor_json(findings: Sequence[Finding]) -> dict[str, Any]:
    return {"count": counted(findings), "findings": [finding.model_dump() for finding in findings]}
