"""A run that was evaluated: four tasks' answers, of this model, its base and production."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.data.records import TASK_TYPES, Record
from nyay_lib.data.whole import whole_line
from nyay_lib.evaluation.sheets import SHEETS, Sheet
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import write_json, write_text
from nyay_lib.review.opening import Opened, open_review
from nyay_lib.review.opinions import CHECKS, Checks, Opinion
from nyay_lib.runs import RunDir
from tests.nyay_lib.made import sides_of, split_of

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
JUDGMENT = "उच्च न्यायालय\n\nThe accused was tried under Section 302 IPC.\n\nThe appeal is dismissed."
ROWS = 16


def make_sheet(number: int, **more: object) -> Sheet:
    sheet = Sheet(
        id=f"val.jsonl:{number + 1}",
        cnr="HCBM030212662025",
        task_type=TASK_TYPES[number % 4],
        question=f"Question {number}?",
        reference="The appeal is dismissed.",
        answer=f"=ours {number}",
        others={"base": f"base {number}", "production": f"theirs {number}"},
        ended="stop",
        right=None,
        reason="",
        references=1,
        unsupported=(),
        rouge_l=0.5,
    )
    return sheet.model_copy(update=more)


def opinion(sheet: str, a: bool = True, b: bool = True, note: str = "") -> Opinion:
    """What is said of a sheet: each answer passes all checks, or all but clarity."""
    checks = dict.fromkeys(CHECKS, True)
    return Opinion(
        id=sheet,
        a=Checks(**checks | {"clarity": a}),
        b=Checks(**checks | {"clarity": b}),
        note=note,
        source="form",
    )


@pytest.fixture
def make_evaluated(tmp_path: Path) -> Callable[..., RunDir]:
    """Runs whose files differ by name."""

    def make(run_id: str, judgment: str = JUDGMENT, binding: bool = True, production: bool = True) -> RunDir:
        run, data = RunDir.at(tmp_path / "runs", run_id), tmp_path / "data"
        config = PipelineConfig.model_validate({"review": {"required": binding, "answers": 8}})
        write_text(run.config, config.model_dump_json(by_alias=True))
        sheets = [make_sheet(number) for number in range(ROWS)]
        if not production:
            sheets = [sheet.model_copy(update={"others": {"base": sheet.others["base"]}}) for sheet in sheets]
        records = [Record(s.id, s.question, judgment, s.reference, s.cnr, s.task_type, about(s)) for s in sheets]
        write_text(data / "val_whole.jsonl", "".join(map(whole_line, records)))
        lost = [json.dumps({"id": sheet.id, "tokens_lost": 9 * (sheet.id == "val.jsonl:3")}) for sheet in sheets]
        write_text(data / "val_rows.jsonl", "".join(f"{line}\n" for line in lost))
        write_json(run.sheets, SHEETS.dump_python(sheets, mode="json"))
        write_text(run.result("convert"), sides_of(data, split_of(data, 1), split_of(data, 1)).model_dump_json())
        write_text(run.result("quantize"), gguf(run_id).model_dump_json())
        return run

    return make


@pytest.fixture
def run(make_evaluated: Callable[..., RunDir]) -> RunDir:
    return make_evaluated("demo")


@pytest.fixture
def opened(run: RunDir) -> Opened:
    return open_review(run, None, None, NOW)


def about(sheet: Sheet) -> dict[str, str]:
    return {"cnr": sheet.cnr, "task_type": sheet.task_type}


def gguf(sha256: str) -> Gguf:
    paths = {"path": Path("model.gguf"), "f16": Path("f16.gguf"), "sha256": sha256, "quantization": "q4_k_m"}
    figures = {"bytes": 1, "f16_bytes": 1, "tokens_per_second": 1.0, "first_token_seconds": 1.0}
    return Gguf.model_validate({"inputs": "i", "question": "?", "answer": "!", **paths, **figures})
