"""The answer to a task, told from the facts of a case."""

import re

from data.sample.generator.cases import Case
from data.sample.generator.chance import Chance
from data.sample.generator.writer import Writer


def answer(case: Case, task: str, chance: Chance, label: str | None = None) -> str:
    """The analysis of a case for a task; with ``label``, one that tells another outcome than the true one."""
    writer = Writer(chance, case.language)
    writer.facts = dict(case.facts)
    writer.facts["result"] = writer.write(chance.pick(case.language.results[label or case.outcome]))
    text = writer.write(chance.pick(case.language.answers[task]))
    return text.replace("|", "\n") if task == "info_extraction" else _sentences(text)


def _sentences(text: str) -> str:
    """``text`` with a capital letter at the head of each sentence, and a full stop."""
    parts = re.split(r"(?<=[a-z0-9)/-])(?<![ap]\.m)\. (?=[a-z])", text)
    text = ". ".join(part[0].upper() + part[1:] for part in parts)
    return text if text.endswith(("।", ".")) else f"{text}."
