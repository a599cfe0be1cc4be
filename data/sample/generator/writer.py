"""Writes templates in words."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from data.sample.generator import dates, people
from data.sample.generator.chance import Chance
from data.sample.generator.citations import citation
from data.sample.generator.grammar import Node, expand
from data.sample.generator.languages import Language
from data.sample.generator.money import money
from data.sample.generator.statutes import cite_statute


class Writer:
    """Writes templates with the facts of one case, and keeps a record of every reference that it writes.

    ``dates`` are when it began, when the order under challenge was made, and when the court decided.
    """

    def __init__(
        self, chance: Chance, language: Language, region: str = "north", neutral: str = "", series: str = ""
    ) -> None:
        self.chance, self.language, self.region = chance, language, region
        self.neutral, self.series = neutral, series
        self.facts: dict[str, str] = {}
        self.provisions: dict[str, str] = {}
        self.dates: list[date] = []
        self.date_style = chance.randrange(dates.STYLES)
        self.places: list[str] = []
        self.topics: list[str] = []
        self.statutes: dict[str, None] = {}
        self.citations: dict[str, None] = {}
        self.case_names: dict[str, None] = {}
        self.precedents: list[str] = []
        self.decks: dict[str, list[Node]] = {}

    def write(self, node: Node) -> str:
        """A template in words."""
        return expand(node, self.chance.random, self.slot)

    def slot(self, name: str) -> str:
        """A fact of the case, a fresh value, a phrase, or a provision such as s:IPC:302,34."""
        if name in self.facts:
            return self.facts[name]
        if name in FRESH:
            return FRESH[name](self)
        if name in self.language.phrases:
            return self.write(self.chance.pick(self.language.phrases[name]))
        kind, key, sections = self.provisions.get(name, name).split(":")
        assert kind == "s", name
        return self.statute(key, sections.split(","))

    def sentence(self, pool: str, nodes: Sequence[Node]) -> str:
        """The next template of a pool as a sentence; each is used once before one comes again."""
        deck = self.decks.get(pool)
        if not deck:
            deck = self.decks[pool] = list(nodes)
            self.chance.shuffle(deck)
        return self.finish(self.write(deck.pop()))

    def finish(self, text: str) -> str:
        """``text`` with a capital letter and a full stop."""
        text = " ".join(text.split()).replace(" ,", ",").replace(" ;", ";")
        return f"{text[0].upper()}{text[1:]}{'' if text.endswith('.') else self.language.stop}"

    # Fresh values.

    def person(self) -> str:
        return people.person(self.chance, self.region)

    def amount(self) -> str:
        amount = self.chance.whole(11, 999) * self.chance.pick((100, 500, 1000, 2500, 10000))
        return money(amount, self.chance.pick(("/-", "/-", "")))

    def time(self) -> str:
        chance = self.chance
        if self.language.hindi:
            return f"{chance.pick(('सुबह', 'दोपहर', 'शाम'))} {chance.whole(1, 11)} बजे"
        return f"{chance.whole(1, 12)}.{chance.whole(0, 11) * 5:02d} {chance.pick(('a.m.', 'p.m.'))}"

    def year(self) -> str:
        return str(self.chance.whole(self.dates[0].year - 4, self.dates[1].year))

    def day(self, first: int, last: int) -> str:
        """A day between two of the case's dates."""
        length = (self.dates[last] - self.dates[first]).days
        return self.written(self.dates[first] + timedelta(int(self.chance.random() * length)))

    def span(self) -> str:
        """A time between two days."""
        length = (self.dates[1] - self.dates[0]).days
        first, last = sorted(int(self.chance.random() * length) for _ in range(2))
        start, end = (self.written(self.dates[0] + timedelta(days)) for days in (first, last + 1))
        if self.language.hindi:
            return f"{start} से {end} तक"
        return self.chance.pick((f"from {start} to {end}", f"between {start} and {end}"))

    def written(self, day: date) -> str:
        """A day in the manner of this judgment; in Hindi in figures."""
        return dates.written(day, 0 if self.language.hindi else self.date_style)

    # References.

    def statute(self, key: str, sections: Sequence[str]) -> str:
        """One or more provisions of an Act as they are cited, and into the record in canonical form."""
        self.statutes |= dict.fromkeys(f"{key}:{section}" for section in sections)
        return cite_statute(key, sections, hindi=self.language.hindi, turn=self.chance.random())

    def new_precedent(self) -> str:
        """An invented decision with its citation, which the judgment may name again."""
        written, canonical = citation(self.chance, self.dates[2].year, self.neutral, self.series)
        other = self.person() if self.chance.random() < 0.6 else self.state()
        name = f"{self.person()} v. {other}"
        self.citations[canonical] = None
        self.case_names[name.replace("v.", "v").replace(".", "").lower()] = None
        self.precedents.append(name)
        return f"{name}, {written}"

    def state(self) -> str:
        return people.state(self.chance.pick(self.language.courts).state, self.language)

    def precedent(self) -> str:
        if not self.precedents:
            return self.new_precedent()
        return f"{self.chance.pick(self.precedents)}{self.chance.pick((' (supra)', ' (supra)', ''))}"


def _whole(low: int, high: int) -> Callable[[Writer], str]:
    return lambda writer: str(writer.chance.whole(low, high))


# Slots that hold another value each time.
FRESH: dict[str, Callable[[Writer], str]] = {
    "person": Writer.person,
    "amount": Writer.amount,
    "place": lambda writer: writer.chance.pick(writer.places),
    "topic": lambda writer: writer.chance.pick(writer.topics),
    "when2": lambda writer: writer.day(0, 1),
    "when3": lambda writer: writer.day(1, 2),
    "prec": Writer.precedent,
    "newprec": Writer.new_precedent,
    "principle": lambda writer: writer.write(writer.chance.pick(writer.language.pools["principle"])),
    "n": _whole(2, 19),
    "n2": _whole(6, 38),
    "num": _whole(20, 960),
    "pc": _whole(4, 45),
    "age": _whole(22, 64),
    "span": Writer.span,
    "Span": lambda writer: writer.span().capitalize(),
    "time": Writer.time,
    "year": Writer.year,
    "ex": lambda writer: f"Ex. {writer.chance.pick('PDABC')}-{writer.chance.whole(1, 89)}",
    "w": lambda writer: f"{writer.chance.pick(('PW', 'PW', 'DW', 'CW'))}-{writer.chance.whole(1, 27)}",
    "bond": lambda writer: f"Rs. {writer.chance.whole(2, 20) * 5},000",
    # Signs that mean something in a template.
    "lt": lambda _: "<",
    "lb": lambda _: "{",
    "rb": lambda _: "}",
    "nl": lambda _: "\n",
}
