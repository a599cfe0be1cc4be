"""Records for the checks, with what a test does not speak of filled in."""

from typing import Any

from nyay_lib.data.records import Record

JUDGMENT = (
    "1. This appeal under Section 374(2) of the Code of Criminal Procedure is directed against the judgment dated "
    "17 January 2015.\n\n2. We find no reason to differ. The appeal is dismissed."
)
ANSWER = (
    "The court dismissed the appeal because the two eye-witnesses stood firm and the recovery was proved by persons of "
    "the village who had no quarrel with him."
)


def row(output: str = ANSWER, input: str = JUDGMENT, instruction: str = "Analyse.", **metadata: Any) -> Record:
    return Record("train.jsonl:1", instruction, input, output, "HCBM030212662025", "summarization", metadata)
