"""What a figure must be held against before it is believed: four answerers that have understood nothing, or all.

The reference answers show how high the meter reads where a person would be content; the head of the judgment and the
majority class, what is had for nothing; answers held against a foreign judgment, whether the meter sees invention.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nyay_lib.data.records import Record
from nyay_lib.evaluation.accuracy import Majority, majority
from nyay_lib.evaluation.hallucination import Hallucination, ground_in_foreign_sources, hallucination
from nyay_lib.evaluation.measures import Measures, Questions, measure, score_answers
from nyay_lib.evaluation.statistics import RESAMPLES

# Below this share of answers with an unsupported reference, by sample, the shuffled control shows a broken meter.
LEAST_SHUFFLED = 0.8


@dataclass(frozen=True, slots=True)
class Controls:
    """The controls of one evaluation; None where the rows do not allow one.

    ``reference`` are the reference answers as if a model had given them, ``lead`` the first ``lead_words`` words of
    each judgment, ``majority`` the commonest outcome, ``shuffled`` the reference answers against foreign judgments.
    """

    reference: Measures
    lead: Measures
    lead_words: int
    majority: Majority | None
    shuffled: Hallucination | None

    @property
    def meter_works(self) -> bool | None:
        """Whether the shuffled control came out high, by sample and by reference; None if it names nothing."""
        if self.shuffled is None or self.shuffled.by_sample is None or self.shuffled.by_reference is None:
            return None
        return min(self.shuffled.by_sample.estimate, self.shuffled.by_reference.estimate) > LEAST_SHUFFLED


def measure_controls(questions: Questions, seed: int, resamples: int = RESAMPLES) -> Controls:
    """Every control over the rows that the models are measured on."""
    records = questions.records
    references = [record.output for record in records]
    words = lead_length(references)
    leads = [lead(record, words) for record in records]
    return Controls(
        reference=measure(questions, score_answers(questions, references), seed, resamples=resamples),
        lead=measure(questions, score_answers(questions, leads), seed, resamples=resamples),
        lead_words=words,
        majority=majority(questions.golds),
        shuffled=shuffled_control(records, references, seed),
    )


def shuffled_control(records: Sequence[Record], answers: Sequence[str], seed: int) -> Hallucination | None:
    """The rates of the answers against foreign judgments; None for rows of a single case."""
    foreign = ground_in_foreign_sources(records, answers, seed)
    return None if foreign is None else hallucination(foreign, foreign)


def lead(record: Record, words: int) -> str:
    """The first words of the judgment, in its own lines: what a model gets that copies the head of its input."""
    lines: list[str] = []
    for line in record.input.splitlines():
        taken = line.split(maxsplit=words)[:words]
        words -= len(taken)
        lines.append(" ".join(taken))
        if words <= 0:
            break
    return "\n".join(lines).strip()


def lead_length(references: Sequence[str]) -> int:
    """As many words as the reference answers have on average, so that length alone wins nothing; at least one."""
    return max(1, round(sum(len(text.split()) for text in references) / max(1, len(references))))
