"""What a form of a fault works with, and the forms that many faults have in common."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple, TypeAlias

from data.sample.generator.cases import Case, CaseBook
from data.sample.generator.chance import Chance
from data.sample.generator.grammar import parse_node
from data.sample.generator.languages import HINDI
from data.sample.generator.records import Row, record
from data.sample.generator.writer import Writer


class Original(NamedTuple):
    """A clean row that stands in the files, and its case."""

    case: Case
    row: Row


class Planting:
    """What a form of a fault may use: the case and its clean row, the row that it repeats, and chance.

    ``spare`` is the number of a case that is used nowhere else.
    """

    def __init__(self, book: CaseBook, case: Case, row: Row, chance: Chance, spare: int) -> None:
        self.book, self.case, self.row, self.chance, self.spare = book, case, row, chance, spare
        self.original: Original | None = None

    @property
    def hindi(self) -> bool:
        return self.case.language.hindi

    def writer(self) -> Writer:
        """A writer who knows the facts of the case and makes fresh values of its kind."""
        writer = Writer(self.chance, self.case.language, "hindi" if self.hindi else "north", series="Del")
        writer.facts, writer.topics = dict(self.case.facts), self.case.subject.topics
        writer.places = ["Rampur", "Sonagarh"]
        decided = self.case.decided
        writer.dates = [decided - timedelta(900), decided - timedelta(300), decided]
        return writer

    def fill(self, template: str) -> str:
        """A template in words of this case."""
        return self.writer().write(parse_node(template))

    def take(self, case: Case, task: str | None = None) -> Row:
        """The record of another case, which takes the place of the row's own."""
        self.case, self.row = case, record(case, task or case.tasks[0], self.chance)
        return self.row

    def go_over_to_hindi(self) -> None:
        """Take a Hindi case in place of one in English, for faults of Hindi text."""
        if not self.hindi:
            self.take(self.book.case(self.spare, HINDI))

    def repeated(self) -> Original:
        """The original, whose case takes the place of the row's own."""
        assert self.original is not None
        self.case = self.original.case
        return self.original

    def with_output(self, output: str) -> Row:
        return self.row | {"output": output}

    def with_input(self, text: str) -> Row:
        return self.row | {"input": text}

    def with_metadata(self, **values: Any) -> Row:
        return self.row | {"metadata": self.row["metadata"] | values}

    def without(self, name: str) -> Row:
        return {key: value for key, value in self.row.items() if key != name}

    def without_metadata(self, name: str) -> Row:
        return self.row | {"metadata": {key: value for key, value in self.row["metadata"].items() if key != name}}


# A form gives a row, or a line that no row would give.
Form: TypeAlias = Callable[[Planting], Row | bytes]


def field(name: str, value: Any) -> Form:
    return lambda p: p.row | {name: value}


def metadata(name: str, value: Any) -> Form:
    return lambda p: p.with_metadata(**{name: value})


def output(template: str) -> Form:
    return lambda p: p.with_output(p.fill(template))


def before(template: str) -> Form:
    """A sentence before the answer."""
    return lambda p: p.with_output(f"{p.fill(template)} {p.row['output']}")


def after(template: str, field: str = "output") -> Form:
    """A sentence after the answer, or after another field."""
    return lambda p: p.row | {field: joined(p.row[field], p.fill(template))}


def within(template: str) -> Form:
    """A paragraph of its own among the numbered ones."""
    return lambda p: p.with_input(inserted(p.row["input"], p.fill(template), 0.5))


def joined(text: str, more: str) -> str:
    """``more`` on a line of its own where ``text`` has lines, else as its next sentence."""
    return f"{text}{chr(10) if chr(10) in text else ' '}{more}"


def inserted(text: str, new: str, share: float) -> str:
    """A judgment with a new paragraph, after ``share`` of the numbered ones."""
    paragraphs = text.split("\n\n")
    first = next((n for n, paragraph in enumerate(paragraphs) if re.match(r"\d+\. ", paragraph)), 0)
    place = first + max(1, int((len(paragraphs) - first) * share))
    return "\n\n".join([*paragraphs[:place], new, *paragraphs[place:]])
