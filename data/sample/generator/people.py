"""Names: of persons, firms, States, and of those who come before a court."""

from data.sample.generator import tables
from data.sample.generator.chance import Chance
from data.sample.generator.languages import Language

# First names and surnames by region.
PEOPLE = {region: (first.split(", "), last.split(", ")) for region, first, last in tables.rows("people")}
COMPANIES = tables.lists("companies")


def person(chance: Chance, region: str) -> str:
    """A name as people of the region bear it: some in the south with an initial, some elsewhere with a second name."""
    first, last = PEOPLE[region]
    if region == "south" and chance.random() < 0.4:
        return f"{chance.pick('ABCGKMNPRSTV')}. {chance.pick(first)} {chance.pick(last)}"
    given, middle = chance.pick(first), chance.pick(first)
    return f"{given} {f'{middle} ' if middle != given and chance.random() < 0.25 else ''}{chance.pick(last)}"


def state(name: str, language: Language) -> str:
    """A State as a party."""
    return f"{name} राज्य" if language.hindi else f"State of {name.removeprefix('NCT of ')}"


def company(chance: Chance) -> str:
    ending = chance.pick(COMPANIES["endings"])
    return f"{chance.pick(COMPANIES['names'])} {chance.pick(COMPANIES['trades'])} {ending}"


def insurer(chance: Chance) -> str:
    return chance.pick(COMPANIES["insurers"])


def advocate(chance: Chance, region: str, language: Language) -> str:
    title = chance.pick(("श्री", "श्रीमती") if language.hindi else ("Mr.", "Mr.", "Ms.", "Mrs.", "Shri"))
    return f"{title} {person(chance, region)}"


def judge(chance: Chance, region: str) -> str:
    """Two initials and a surname."""
    return f"{chance.pick('ABDGHJKMNPRSUV')}. {chance.pick('BCDKLMNPRST')}. {chance.pick(PEOPLE[region][1])}"
