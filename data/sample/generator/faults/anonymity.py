"""Names of children and victims, which nobody may print."""

import re
from dataclasses import replace

from data.sample.generator import tables
from data.sample.generator.faults.planting import Form, Planting, inserted, joined
from data.sample.generator.grammar import parse_node
from data.sample.generator.languages import ENGLISH, HINDI
from data.sample.generator.people import PEOPLE
from data.sample.generator.records import Row
from data.sample.generator.writer import Writer

GIRLS = {
    "west": ("Pooja", "Kavita", "Rupali", "Sonal", "Nisha", "Deepa"),
    "hindi": ("पूजा", "कविता", "रूपा", "सोनल", "निशा", "दीपा"),
}


def _named(template: str, *, in_the_answer: bool) -> Form:
    """A paragraph in a judgment of a fitting subject, in the language of the template."""
    hindi = bool(re.match("[ऀ-ॿ]", template))
    node = parse_node(template)

    def plant(p: Planting) -> Row:
        p.take(p.book.case(p.spare, HINDI, "bail") if hindi else p.book.case(p.spare, ENGLISH, "hurt"))
        writer = _writer(p, "hindi" if hindi else "west")
        text = writer.write(node)
        p.case = replace(p.case, statutes=list(dict.fromkeys([*p.case.statutes, *writer.statutes])))
        row = p.with_input(inserted(p.row["input"], text, 0.3))
        return row | {"output": joined(row["output"], text)} if in_the_answer else row

    return plant


def _writer(p: Planting, region: str) -> Writer:
    """One who knows a child and a parent."""
    writer = p.writer()
    writer.region = region
    girl = f"{p.chance.pick(GIRLS[region])} {p.chance.pick(PEOPLE[region][1])}"
    writer.facts |= {"child": girl, "parent": writer.person()}
    return writer


ANONYMITY: dict[str, Form] = {
    name: _named(text, in_the_answer=name == "in_the_answer")
    for name, text in tables.entries("faults/anonymity").items()
}
