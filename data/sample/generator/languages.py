"""The two languages: all templates of a language, its courts, and the subjects that come before them."""

from dataclasses import dataclass

from data.sample.generator import tables
from data.sample.generator.grammar import Node, parse_node

# A draw picks a place in these lists, so their order is a part of what a seed means.
POOLS = ("oral", "papers", "law", "principle", "facts", "submit", "reason", "steps", "guides")
ENGLISH_SUBJECTS = (
    "bail", "hurt", "quash", "cheque", "corruption", "service", "land", "motor", "property", "arbitration", "marriage",
    "tax", "labour", "consumer",
)  # fmt: skip
HINDI_SUBJECTS = ("bail", "labour")


@dataclass(frozen=True, slots=True)
class Court:
    """A High Court, and where its cases come from."""

    prefix: str  # of its case numbers (CNR)
    name: str
    heading: str
    neutral: str  # its code in neutral citations
    series: str  # its name in SCC OnLine and ILR
    region: str
    state: str
    towns: list[str]
    english: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of case: what it is called, who moved which court, how it may end, and what is said on each side."""

    name: str
    kinds: list[str]
    matter: str
    roles: list[str]
    parties: list[str]
    lower: list[str]
    evidence: str  # the pool of the evidence: oral or papers
    since: int | None  # the year from which on it happened, under an Act that is not much older
    outcomes: dict[str, int]  # with their weights
    topics: list[str]
    pools: dict[str, list[Node]]


@dataclass(frozen=True, slots=True)
class Language:
    """All that is written in one language."""

    code: str
    stop: str
    phrases: dict[str, list[Node]]
    pools: dict[str, list[Node]]
    decisions: dict[str, Node]
    results: dict[str, list[Node]]
    neither: dict[str, list[Node]]
    answers: dict[str, list[Node]]
    villages: dict[str, list[str]]
    subjects: list[Subject]
    courts: list[Court]

    @property
    def hindi(self) -> bool:
        return self.code == "hi"


def _nodes(texts: dict[str, list[str]]) -> dict[str, list[Node]]:
    return {name: [parse_node(text) for text in choices] for name, choices in texts.items()}


def _court(cells: list[str]) -> Court:
    prefix, name, heading, neutral, series, region, state, towns, *english = cells
    return Court(
        prefix, name, heading, neutral, series, region, state, towns.split(", "), english[0] if english else name
    )


def _subject(folder: str, name: str) -> Subject:
    sections = tables.sections(f"{folder}/subjects/{name}")
    settings = {key: text.split(" | ") for key, text in tables.pairs(sections.pop("")).items()}
    return Subject(
        name=name,
        kinds=settings["kinds"],
        matter=settings["matter"][0],
        roles=settings["roles"],
        parties=settings["parties"],
        lower=settings["lower"],
        evidence=settings["evidence"][0],
        since=int(settings["since"][0]) if "since" in settings else None,
        outcomes={label: int(weight) for label, weight in (entry.split() for entry in settings["outcomes"])},
        topics=settings["topics"],
        pools=_nodes(sections),
    )


def _language(folder: str, code: str, stop: str, subjects: tuple[str, ...]) -> Language:
    return Language(
        code=code,
        stop=stop,
        phrases=_nodes(tables.lists(f"{folder}/phrases")),
        pools=_nodes({name: tables.pool(f"{folder}/{name}") for name in POOLS}),
        decisions={label: parse_node(text) for label, text in tables.entries(f"{folder}/decisions").items()},
        results=_nodes(tables.lists(f"{folder}/results")),
        neither=_nodes(tables.sections(f"{folder}/neither")),
        answers=_nodes(tables.sections(f"{folder}/answers")),
        villages=tables.lists(f"{folder}/villages"),
        subjects=[_subject(folder, name) for name in subjects],
        courts=[_court(cells) for cells in tables.rows(f"{folder}/courts")],
    )


ENGLISH = _language("english", "en", ".", ENGLISH_SUBJECTS)
HINDI = _language("hindi", "hi", "।", HINDI_SUBJECTS)
