"""Cases: a judgment with all that is true of it, made from a seed and a number."""

import math
from dataclasses import dataclass
from datetime import date

from data.sample.generator.chance import Chance
from data.sample.generator.facts import settle
from data.sample.generator.judgments import Paragraph, body, heading
from data.sample.generator.languages import ENGLISH, HINDI, Language, Subject
from data.sample.generator.outcomes import DISPOSALS
from data.sample.generator.tasks import TASKS
from data.sample.generator.writer import Writer

SPREAD = 0.5  # standard deviation of the logarithm of the length
HINDI_SHARE = 0.05
SERIALS = 999_999


@dataclass(frozen=True, slots=True)
class Case:
    """A judgment with its truth."""

    index: int
    cnr: str
    court: str
    language: Language
    subject: Subject
    outcome: str
    disposal: str
    statutes: list[str]
    citations: list[str]
    case_names: list[str]
    paragraphs: list[Paragraph]
    facts: dict[str, str]
    tasks: tuple[str, ...]
    decided: date

    @property
    def text(self) -> str:
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)


class CaseBook:
    """Cases by number, each made from the seed and its number alone: none is kept."""

    def __init__(self, seed: int, mean_words: int) -> None:
        self.seed, self.mean_words = seed, mean_words

    def case(self, index: int, language: Language | None = None, subject_name: str | None = None) -> Case:
        """The case of a number; where a language or a subject is given, in place of the one that chance gives."""
        chance = Chance(f"{self.seed}/{index}")
        language = language or (HINDI if chance.random() < HINDI_SHARE else ENGLISH)
        court = chance.pick(language.courts)
        writer = Writer(chance, language, court.region, court.neutral, court.series)
        subject = chance.pick([subject for subject in language.subjects if subject_name in (None, subject.name)])
        outcome = chance.choices(list(subject.outcomes), list(subject.outcomes.values()))[0]
        settle(writer, subject, court)
        # The mean of the lengths, not that of their logarithms, is to be what was asked for.
        length = self.mean_words * math.exp(chance.gauss(-(SPREAD**2) / 2, SPREAD))
        paragraphs = [*heading(writer, court.heading), *body(writer, subject, outcome, int(length))]
        return Case(
            index=index,
            cnr=self.cnr(index, court.prefix, int(writer.facts["filed"])),
            court=court.english,
            language=language,
            subject=subject,
            outcome=outcome,
            disposal=chance.pick(DISPOSALS[outcome]),
            statutes=list(writer.statutes),
            citations=list(writer.citations),
            case_names=list(writer.case_names),
            paragraphs=paragraphs,
            facts=writer.facts,
            tasks=tuple(chance.sample(TASKS, 2)),
            decided=writer.dates[2],
        )

    def cnr(self, index: int, prefix: str, year: int) -> str:
        """A case number of its own for each case: the serial runs through all values before one comes again."""
        serial = (index * 611_953 + self.seed * 7919) % SERIALS + 1
        return f"{prefix}0{'123456789ABCDEF'[index // SERIALS % 15]}{serial:06d}{year}"
