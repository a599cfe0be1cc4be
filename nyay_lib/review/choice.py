"""Which answers lawyers are asked about: of each task its share, and within it the riskiest first."""

from collections.abc import Collection, Sequence

from nyay_lib.evaluation.sample import share_out
from nyay_lib.evaluation.sheets import Sheet
from nyay_lib.files import digest_value


def choose(sheets: Sequence[Sheet], shortened: Collection[str], answers: int, seed: int) -> list[Sheet]:
    """``answers`` sheets, the riskiest first, all where there are no more; the ids in ``shortened`` were cut to fit.

    Of every task at least one is taken while there is room. What is alike in risk is drawn by seed. More answers keep
    those of fewer.
    """

    def place(sheet: Sheet) -> tuple[int, str]:
        return -risk(sheet, shortened), digest_value([seed, sheet.id])

    tasks = sorted({sheet.task_type for sheet in sheets})
    ranked = {task: sorted((sheet for sheet in sheets if sheet.task_type == task), key=place) for task in tasks}
    shares = share_out({task: len(found) for task, found in ranked.items()}, min(answers, len(sheets)))
    return sorted((sheet for task in tasks for sheet in ranked[task][: shares[task]]), key=place)


def risk(sheet: Sheet, shortened: Collection[str]) -> int:
    """How much speaks against an answer; each sign weighs more than all that come after it.

    It names what nothing supports; it is wrong in law; the model saw only a part of the judgment; it was cut off.
    """
    signs = (bool(sheet.unsupported), sheet.right is False, sheet.id in shortened, sheet.ended == "length")
    return sum(sign << weight for weight, sign in enumerate(reversed(signs)))
