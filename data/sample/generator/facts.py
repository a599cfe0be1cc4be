"""What stays the same through a judgment and its answers: dates, parties, sums, numbers."""

from datetime import date, timedelta

from data.sample.generator import people
from data.sample.generator.chance import Chance
from data.sample.generator.languages import Court, Language, Subject
from data.sample.generator.money import money
from data.sample.generator.statutes import OFFENCES, provisions
from data.sample.generator.writer import Writer


def settle(writer: Writer, subject: Subject, court: Court) -> None:
    """Give ``writer`` the facts of a new case."""
    chance = writer.chance
    writer.dates = began, challenged, decided = _dates(chance, subject)
    filed = challenged + timedelta(int((decided - challenged).days * 0.3))
    writer.places = _places(chance, writer.language, court.towns)
    writer.topics = subject.topics
    kind, town = chance.pick(subject.kinds), chance.pick(court.towns)
    sums = _sums(chance.whole(40, 9900) * chance.pick((500, 1000, 2500)))
    parties = [_party(writer, sort, court.state) for sort in subject.parties]
    lower = f"{chance.pick(subject.lower)}, {town}"
    writer.provisions = provisions(chance.pick(OFFENCES), began, filed)
    writer.facts = {
        **sums, **_roles(subject), **_verbs(subject),
        "petname": parties[0], "respname": parties[1], "petadv": _advocate(writer), "respadv": _advocate(writer),
        "matter": subject.matter, "kind": kind, "town": town, "lowername": lower, "court1": court.name,
        "caseno": f"{kind} No. {chance.whole(11, 9870)} of {filed.year}", "filed": str(filed.year),
        "d1": writer.written(began), "d2": writer.written(challenged), "d3": writer.written(decided),
        "firno": str(chance.whole(11, 940)), "firyear": str(began.year),
    }  # fmt: skip


def _dates(chance: Chance, subject: Subject) -> list[date]:
    """When it began, when the order under challenge was made, and when the court decided."""
    if subject.since:
        first = date(subject.since, 1, 10)
        began = first + timedelta(chance.whole(0, (date(2023, 6, 1) - first).days))
        challenged = began + timedelta(chance.whole(120, 400))
        return [began, challenged, challenged + timedelta(chance.whole(40, 330))]
    before, earlier = ((12, 120), (25, 500)) if subject.name == "bail" else ((70, 2400), (150, 2900))
    decided = date(2008, 1, 10) + timedelta(chance.whole(0, 6380))
    challenged = decided - timedelta(chance.whole(*before))
    return [challenged - timedelta(chance.whole(*earlier)), challenged, decided]


def _places(chance: Chance, language: Language, towns: list[str]) -> list[str]:
    """Places of this case: some towns, and hamlets with names put together."""
    heads, tails = language.villages["heads"], language.villages["tails"]
    return [*towns[:3], *(f"{chance.pick(heads)}{chance.pick(tails)}" for _ in range(7))]


def _sums(amount: int) -> dict[str, str]:
    """The sum in dispute and shares of it, in tens of rupees."""
    shares = {
        "amount1": amount,
        "amount2": amount * 3 // 5,
        "amount3": amount // 8,
        "amount4": amount * 4 // 5,
        "amount5": amount // 20,
    }
    return {name: money(max(share // 10, 1) * 10) for name, share in shares.items()}


def _party(writer: Writer, sort: str, state: str) -> str:
    if sort == "state":
        return people.state(state, writer.language)
    if sort == "company":
        return people.company(writer.chance)
    return people.insurer(writer.chance) if sort == "insurer" else writer.person()


def _advocate(writer: Writer) -> str:
    return people.advocate(writer.chance, writer.region, writer.language)


def _roles(subject: Subject) -> dict[str, str]:
    """The roles within a sentence, and as they stand beside the names at the head of a judgment."""
    pet, resp = subject.roles
    return {
        "pet": pet, "Pet": "Appellant" if pet == "State" else pet.capitalize(),
        "resp": resp, "Resp": "Respondent" if resp == "State" else resp.capitalize(),
    }  # fmt: skip


def _verbs(subject: Subject) -> dict[str, str]:
    """Hindi verbs, which follow the gender of the matter."""
    if subject.matter == "याचिका":
        return {"hui": "हुई", "kiya": "की जाती", "lagai": "प्रस्तुत की", "ki": "की गई"}
    return {"hui": "हुआ", "kiya": "किया जाता", "lagai": "प्रस्तुत किया", "ki": "किया गया"}
