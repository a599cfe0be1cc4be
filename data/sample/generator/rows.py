"""The rows of both files, one at a time, each with the truth about it."""

from collections.abc import Iterator

from data.sample.generator.cases import Case, CaseBook
from data.sample.generator.chance import Chance
from data.sample.generator.faults.catalogue import FAULTS, LEAKS, REPEATS
from data.sample.generator.faults.planting import Original, Planting
from data.sample.generator.plans import Plan
from data.sample.generator.records import Row, encode, record
from data.sample.generator.truth import truth

TRAIN, VALIDATION = "train.jsonl", "val.jsonl"
ROWS_A_CASE = 2


class Rows:
    """Rows as planned: cases of training have the first numbers, then come those of validation, then spare ones."""

    def __init__(self, plans: dict[str, Plan], seed: int, mean_words: int) -> None:
        self.plans, self.seed = plans, seed
        self.book = CaseBook(seed, mean_words)
        train, validation = (-(-plans[name].rows // ROWS_A_CASE) for name in (TRAIN, VALIDATION))
        self.starts = {TRAIN: 0, VALIDATION: train}
        self.spares = {TRAIN: train + validation, VALIDATION: train + validation + plans[TRAIN].count}
        cases = range(validation) if set(plans[TRAIN].classes) & set(LEAKS) else ()
        self.leaking = [case for case in cases if plans[VALIDATION].clean_case(case)]

    def lines(self, name: str) -> Iterator[tuple[bytes, Row]]:
        """Each line of a file, and the truth about it."""
        plan, planted = self.plans[name], 0
        case: Case | None = None
        for row in range(plan.rows):
            number = self.starts[name] + row // ROWS_A_CASE
            case = case if case and case.index == number else self.book.case(number)
            chance = self._chance(name, row)
            clean = record(case, case.tasks[row % ROWS_A_CASE], chance)
            if fault := plan.fault(row):
                p = Planting(self.book, case, clean, chance, self.spares[name] + planted)
                planted += 1
                yield self._faulty(name, row, p, *fault)
            else:
                yield encode(clean), truth(name, row, case, clean)

    def _chance(self, name: str, row: int) -> Chance:
        return Chance(f"{self.seed}/{name}/row/{row}")

    def _faulty(self, name: str, row: int, p: Planting, fault: str, before: int) -> tuple[bytes, Row]:
        """A line with a fault, its forms in turn."""
        of: list[str] = []
        if fault in REPEATS + LEAKS:
            p.original, of = self._original(name, row, p, fault, before)
        form = list(FAULTS[fault])[before % len(FAULTS[fault])]
        made = FAULTS[fault][form](p)
        about = truth(name, row, p.case, p.row) | {"fault": fault, "form": form, "of": of}
        if isinstance(made, bytes):
            return made, about
        if fault.endswith("near_duplicate"):
            about["cnr"] = made["metadata"]["cnr"]
        return encode(made), about

    def _original(self, name: str, row: int, p: Planting, fault: str, before: int) -> tuple[Original, list[str]]:
        """A clean row for a row to repeat, and the ids of the rows that are then repeated."""
        if fault in LEAKS:
            name, number = VALIDATION, self._leaking(ROWS_A_CASE * before + LEAKS.index(fault))
        else:
            number = self._earlier(name, row)
        case = self.book.case(self.starts[name] + number)
        first = number * ROWS_A_CASE
        chosen = first + p.chance.randrange(ROWS_A_CASE)
        original = Original(case, record(case, case.tasks[chosen - first], self._chance(name, chosen)))
        rows = [chosen] if fault == "duplicate" else range(first, first + ROWS_A_CASE)
        return original, [f"{name}:{row + 1}" for row in rows]

    def _leaking(self, place: int) -> int:
        """A case of validation for each leak, none for two."""
        if place >= len(self.leaking):
            raise ValueError(f"{len(self.leaking)} clean cases in validation are too few for leak {place + 1}")
        return self.leaking[place]

    def _earlier(self, name: str, row: int) -> int:
        """The last clean case before a row."""
        for case in range(row // ROWS_A_CASE - 1, -1, -1):
            if self.plans[name].clean_case(case):
                return case
        raise ValueError(f"row {row} of {name} has no clean case before it to repeat; lower the share of faults")
