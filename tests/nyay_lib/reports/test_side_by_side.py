"""One question by both models: what an answer makes up is marked, what it takes from the judgment is not."""

from pathlib import Path

from rich.console import Console

from nyay_lib.data.records import Record
from nyay_lib.data.whole import whole_line
from nyay_lib.evaluation.sheets import SHEETS, Sheet
from nyay_lib.evaluation.verdict import Outcome, Row, Verdict
from nyay_lib.files import write_json
from nyay_lib.reports.side_by_side import side_by_side
from nyay_lib.runs import RunDir

JUDGMENT = "The appellant was convicted under Section 302 of the Indian Penal Code. The appeal is dismissed."


def sheet(name: str, base: str, tuned: str) -> Sheet:
    return Sheet(
        id=name,
        cnr="HCBM030212662025",
        task_type="summarization",
        question="Summarize this judgment.",
        reference="The appeal was dismissed.",
        answer=tuned,
        others={"base": base},
        ended="stop",
        right=None,
        reason="",
        references=0,
        unsupported=(),
        rouge_l=0.2,
    )


def shown(folder: Path, *sheets: Sheet) -> str:
    run = RunDir.at(folder / "runs", "one")
    write_json(run.sheets, SHEETS.dump_python(list(sheets), mode="json"))
    records = folder / "val.jsonl"
    metadata = {"cnr": "HCBM030212662025", "task_type": "summarization"}
    records.write_text(
        "".join(
            whole_line(Record(one.id, one.question, JUDGMENT, one.reference, one.cnr, one.task_type, metadata))
            for one in sheets
        )
    )
    row = Row(name="grounding", target="", measured="", outcome=Outcome.MISSED, required=True, reason="")
    console = Console(record=True, width=100, file=(folder / "out").open("w"))
    for panel in side_by_side(run, records, Verdict(inputs="x", rows=[row])):
        console.print(panel)
    return console.export_text()


def test_the_question_with_most_to_check_is_shown_with_what_is_made_up(tmp_path: Path) -> None:
    silent = sheet("val.jsonl:1", "Nothing is known.", "The appeal was dismissed.")
    talking = sheet("val.jsonl:2", "It rests on Section 420 of the Indian Penal Code.", "Section 302 IPC was proved.")
    text = shown(tmp_path, silent, talking)
    assert "One question of 2: val.jsonl:2" in text
    base, tuned = text.split("─ Tuned")[0], text.split("─ Tuned")[1]
    assert "NOT SUPPORTED by the judgment, 1 of 1: statute" in base and "420" in base.split("NOT SUPPORTED")[1]
    assert "NOT SUPPORTED" not in tuned and "All it names stands in the judgment (1)." in tuned
    assert "Held back by: grounding (MISSED)." in tuned


def test_an_answer_that_names_nothing_is_not_called_supported(tmp_path: Path) -> None:
    assert "It names no reference that could be looked for." in shown(tmp_path, sheet("val.jsonl:1", "", "Dismissed."))
