"""The card's targets: met only where so many answers can carry the claim."""

import pytest

from nyay_lib.config import GateConfig, PipelineConfig
from nyay_lib.evaluation.bench import Bench
from nyay_lib.evaluation.cases import Tried
from nyay_lib.evaluation.gate import base_rows
from nyay_lib.evaluation.review import Review, Reviewed
from nyay_lib.evaluation.targets import OPTIONAL, target_rows
from nyay_lib.evaluation.verdict import Outcome, Row, Verdict
from nyay_lib.training import Adapter
from tests.nyay_lib.evaluation.made import INVENTED, RIGHT, SILENT, WRONG, Says, make_bench, model, report_of

ADAPTER = Adapter.model_construct(last_loss=0.5)


@pytest.fixture(scope="module")
def bench() -> Bench:
    """50 questions."""
    return make_bench(25)


def rows(bench: Bench, says: Says, required: tuple[str, ...] = (), review: Review | None = None) -> dict[str, Row]:
    it = model(bench, says)
    config = PipelineConfig(gate=GateConfig.model_validate({"binding": required}))
    report = report_of(bench, {"base": it, "this model": it})
    return {row.name: row for row in target_rows(config, report, ADAPTER, review)}


def always(text: str) -> Says:
    return lambda number, task: text


def test_50_clean_answers_do_not_claim_under_5_percent(bench: Bench) -> None:
    row = rows(bench, always(RIGHT))["hallucination rate"]
    assert (row.measured, row.interval, row.outcome) == ("0.0%", "0.0% to 7.1%", Outcome.MISSED)
    assert row.reason.startswith("the estimate is under it, but 50 answers that name something cannot carry the claim")
    assert "73 without a single unsupported reference are the fewest that can" in row.reason


def test_80_clean_answers_do() -> None:
    row = rows(make_bench(40), always(RIGHT))["hallucination rate"]
    assert (row.outcome, row.interval) == (Outcome.PASS, "0.0% to 4.6%")


def test_answers_that_name_nothing_are_not_clean(bench: Bench) -> None:
    row = rows(bench, always(SILENT))["hallucination rate"]
    assert (row.outcome, row.measured) == (Outcome.NOT_MEASURED, "")


def test_a_meter_that_sees_no_invention_claims_nothing() -> None:
    court = make_bench(40)
    it = model(court, always(RIGHT))
    report = report_of(court, {"base": it, "this model": it})
    blind = report.model_copy(update={"controls": report.controls.model_copy(update={"meter_works": False})})
    row = next(row for row in target_rows(PipelineConfig(), blind, ADAPTER, None) if row.name == "hallucination rate")
    assert row.outcome is Outcome.NOT_MEASURED and "the meter sees no invention" in row.reason


def test_accuracy_is_told_overall_and_by_task(bench: Bench) -> None:
    found = rows(bench, lambda number, task: RIGHT if task == "summarization" else WRONG)
    assert found["legal accuracy"].measured == "50.0%"
    assert found["legal accuracy, summarization"].outcome is Outcome.PASS
    assert found["legal accuracy, outcome_analysis"].measured == "0.0%"
    assert not any(row.required for row in found.values())


def test_what_is_required_binds_and_what_is_not_measured_blocks(bench: Bench) -> None:
    wanted = ("hallucination rate", "human approval", "legal accuracy, research_qa", "test cases")
    found = rows(bench, always(INVENTED), wanted)
    assert {name for name, row in found.items() if row.required} == set(wanted)
    blocking = {row.name: row.outcome for row in Verdict(inputs="t", rows=list(found.values())).blocking}
    assert blocking == dict.fromkeys(wanted, Outcome.NOT_MEASURED) | {"hallucination rate": Outcome.MISSED}


def test_what_only_some_ask_for_is_left_out_where_it_is_not_measured(bench: Bench) -> None:
    assert OPTIONAL & set(rows(bench, always(RIGHT))) == {
        "legal accuracy, outcome_analysis",
        "legal accuracy, summarization",
    }


def test_what_lawyers_said_is_counted_overall_and_by_task(bench: Bench) -> None:
    judged = tuple(
        Reviewed(id=str(n), task_type="summarization" if n % 2 else "research_qa", approved=n > 9) for n in range(100)
    )
    found = rows(bench, always(RIGHT), review=Review(answers=judged))
    assert (found["human approval"].measured, found["human approval"].outcome) == ("90.0%", Outcome.PASS)
    assert found["human approval, summarization"].reason == "answers that lawyers judged: 50"


def test_cases_of_the_user_are_named_where_they_fail(bench: Bench) -> None:
    it = model(bench)
    tried = (
        Tried(name="a", question="?", answer="!", faults=()),
        Tried(name="b", question="?", answer="!", faults=("x",)),
    )
    report = report_of(bench, {"base": it, "this model": it}).model_copy(update={"cases": tried})
    row = next(row for row in target_rows(PipelineConfig(), report, ADAPTER, None) if row.name == "test cases")
    assert (row.measured, row.outcome, row.reason) == ("1 of 2", Outcome.MISSED, "b: x")


def test_what_binds_may_be_called_required_and_must_be_known() -> None:
    assert GateConfig.model_validate({"required": ["ROUGE-L"]}).binding == ("ROUGE-L",)
    with pytest.raises(ValueError, match="Input should be 'training loss'"):
        GateConfig.model_validate({"binding": ["legal acuracy"]})


def against_base(bench: Bench, says: Says, base_says: Says, loss: float) -> dict[str, Outcome]:
    ours, base = model(bench, says, lambda number, task: loss), model(bench, base_says)
    return {row.name: row.outcome for row in base_rows(report_of(bench, {"base": base, "this model": ours}))}


def test_better_than_the_base_is_a_lower_loss_that_is_no_chance(bench: Bench) -> None:
    assert set(against_base(bench, always(RIGHT), always(WRONG), 0.9).values()) == {Outcome.PASS}
    assert against_base(bench, always(RIGHT), always(WRONG), 1.0)["better than the base"] is Outcome.MISSED


def test_a_lower_loss_with_worse_law_is_not_better_than_the_base(bench: Bench) -> None:
    found = against_base(bench, always(WRONG), always(RIGHT), 0.5)
    assert found["no worse than the base: legal accuracy"] is Outcome.MISSED
    found = against_base(bench, always(INVENTED), always(RIGHT), 0.5)
    assert found["no worse than the base: grounded answers"] is Outcome.MISSED


def test_a_base_that_says_little_is_not_a_rival_in_grounding(bench: Bench) -> None:
    found = against_base(bench, lambda number, task: INVENTED if number else RIGHT, always(SILENT), 0.5)
    assert found["no worse than the base: grounded answers"] is Outcome.PASS
