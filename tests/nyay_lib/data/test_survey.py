"""The pass over files: every row once, under the first reason, with what the other rows say of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from nyay_lib.base_model.on_disk import find_tokenizer
from nyay_lib.config import ModelConfig
from nyay_lib.data import survey as module
from nyay_lib.data import workers
from nyay_lib.data.budget import Budget
from nyay_lib.data.conversion import Conversation, converse
from nyay_lib.data.examine import Rules
from nyay_lib.data.survey import Settled, Source, survey
from nyay_lib.data.workers import chunks
from nyay_lib.errors import DataError
from nyay_lib.prompt import chat_format
from tests.nyay_lib.data.checks.rows import ANSWER, JUDGMENT
from tests.nyay_lib.data.judgments import BAIL_1, CNRS, LAND_1, LAND_2

ROOT = Path(__file__).parents[3]
EXAM = "The best answer is (B). " + ANSWER


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    _, tokenizer = find_tokenizer(ModelConfig(name="embedded:tiny-random"), tmp_path_factory.mktemp("cache"))
    return Rules(Budget(tokenizer, chat_format(tokenizer.get_vocab()), 2048))


def line(output: str = ANSWER, input: str = JUDGMENT, cnr: str = "HCBM030212662025", **more: Any) -> str:
    metadata = {"cnr": cnr, "task_type": "summarization"}
    return json.dumps({"instruction": "Summarize.", "input": input, "output": output, "metadata": metadata} | more)


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{text}\n" for text in lines), encoding="utf-8")
    return path


def rows(rules: Rules, *paths: Path, processes: int = 1) -> list[Settled]:
    sources = [Source(path, path.name.startswith("val")) for path in paths]
    with survey(sources, rules, processes=processes) as found:
        return list(found.rows())


def reasons(rules: Rules, *paths: Path) -> list[str | None]:
    return [found.row.fault.reason if found.row.fault else None for found in rows(rules, *paths)]


def leaks(rules: Rules, train: Sequence[str], validation: Sequence[str], folder: Path) -> list[tuple[str, str]]:
    sources = [
        Source(write(folder / "train.jsonl", *train), False),
        Source(write(folder / "val.jsonl", *validation), True),
    ]
    with survey(sources, rules) as found:
        return [(leak.training, leak.validation) for leak in found.leaks]


def test_a_row_counts_under_the_first_reason(tmp_path: Path, rules: Rules) -> None:
    too_long = "long words " + ANSWER + " ".join(str(n) for n in range(3000))
    hostile = "The best answer is (B). Section 999 IPC. " + ANSWER
    outputs = [ANSWER, ANSWER, "Dismissed.", "Dismissed.", too_long, hostile]
    path = write(tmp_path / "train.jsonl", "{", *map(line, outputs))
    expected = ["bad_json", None, "duplicate", "short_output", "duplicate", "output_too_long", "exam_style"]
    assert reasons(rules, path) == expected


def test_a_near_duplicate_comes_after_rejects_and_before_quarantine(tmp_path: Path, rules: Rules) -> None:
    told = zip(("1", "Yes.", EXAM), (LAND_1, LAND_2, LAND_2), CNRS, strict=False)
    rest = [line(ANSWER if output == "1" else output, text, cnr) for output, text, cnr in told]
    assert reasons(rules, write(tmp_path / "train.jsonl", *rest)) == [None, "short_output", "near_duplicate"]


def test_what_only_a_rejected_row_says_is_no_repetition(tmp_path: Path, rules: Rules) -> None:
    path = write(tmp_path / "train.jsonl", line("Yes.", LAND_1, CNRS[1]), line(ANSWER, LAND_2, CNRS[2]))
    assert reasons(rules, path) == ["short_output", None]


def test_the_files_of_a_side_are_one_and_sides_are_apart(tmp_path: Path, rules: Rules) -> None:
    one, other = write(tmp_path / "a.jsonl", line()), write(tmp_path / "b.jsonl", line(), line(EXAM))
    validation = write(tmp_path / "val.jsonl", line(), line(ANSWER, LAND_1, CNRS[1]))
    assert reasons(rules, one, other, validation) == [None, "duplicate", "exam_style", None, None]


def test_a_repetition_names_the_row_that_came_first(tmp_path: Path, rules: Rules) -> None:
    one, other = write(tmp_path / "a.jsonl", "{", line()), write(tmp_path / "b.jsonl", line(), line())
    with survey([Source(one, is_validation=False), Source(other, is_validation=False)], rules) as found:
        faults = [settled.row.fault for settled in found.rows()]
    assert [fault.detail for fault in faults[2:] if fault] == ["says the same as a.jsonl:2"] * 2


def test_a_rejected_row_leaks_nothing_and_a_quarantined_one_may(tmp_path: Path, rules: Rules) -> None:
    good = line(ANSWER + " It is so ordered.")
    assert leaks(rules, [line("Yes."), line(), line()], [good], tmp_path) == [("train.jsonl:2", "val.jsonl:1")]
    assert leaks(rules, [line(EXAM)], [good], tmp_path) == [("train.jsonl:1", "val.jsonl:1")]
    assert leaks(rules, [line()], [line("Yes.")], tmp_path) == []


def test_a_rejected_row_makes_no_kin_of_two_others(tmp_path: Path, rules: Rules) -> None:
    """Case 2 would join cases 1 and 3, but its row with the text of case 3 is rejected."""
    train = [line(ANSWER, LAND_1, CNRS[1]), line(ANSWER, LAND_2, CNRS[2]), line("Yes.", BAIL_1, CNRS[2])]
    assert leaks(rules, train, [line(ANSWER, BAIL_1, CNRS[3])], tmp_path) == []


def test_a_forgotten_case_is_passed_over_and_a_released_row_taken(tmp_path: Path, rules: Rules) -> None:
    path = write(tmp_path / "train.jsonl", line(EXAM), line(ANSWER, LAND_1, CNRS[1]))
    [held, kept] = rows(rules, path)
    assert held.row.said and kept.row.said
    judged = Rules(rules.budget, released=frozenset([held.row.said.digest]), without=frozenset([CNRS[1]]))
    [back, gone] = rows(judged, path)
    assert back.row.fault is None and gone.row.forgotten and gone.row.said is None and gone.place is None


def test_several_processes_say_the_same_as_one(tmp_path: Path, rules: Rules) -> None:
    assert rules.budget
    made = Rules(rules.budget, make=partial(converse, rules.budget))
    told = [line(f"{ANSWER} {n % 50}", LAND_1 if n % 7 else LAND_2, CNRS[n % 60]) for n in range(100)]
    paths = [write(tmp_path / "train.jsonl", *told, "{", line("Yes.")), write(tmp_path / "val.jsonl", line())]
    found = rows(made, *paths, processes=2)
    assert found == rows(made, *paths)
    assert isinstance(found[0].row.said and found[0].row.said.made, Conversation)


def test_no_files_and_empty_files_have_no_rows(tmp_path: Path, rules: Rules) -> None:
    assert rows(rules) == rows(rules, write(tmp_path / "train.jsonl"), write(tmp_path / "val.jsonl")) == []


def test_a_file_that_changes_before_its_rows_are_told_is_refused(tmp_path: Path, rules: Rules) -> None:
    path = write(tmp_path / "train.jsonl", line(EXAM), line())
    with survey([Source(path, False)], rules) as found:
        write(path, line(EXAM))
        with pytest.raises(DataError, match="train.jsonl: has changed while it was being read"):
            list(found.rows_with_records(lambda settled: True))


def test_a_full_disk_is_told_in_words(tmp_path: Path, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.pickle, "dump", full)
    with pytest.raises(DataError, match="has no room .No space left on device.; make some, or set TMPDIR"):
        rows(rules, write(tmp_path / "train.jsonl", line()))


def test_chunks_are_bounded_in_lines_and_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LINES_AT_ONCE", 3)
    monkeypatch.setattr(workers, "BYTES_AT_ONCE", 10)
    lines = [(str(n), b"x" * size) for n, size in enumerate((1, 1, 1, 1, 99, 9, 1, 1))]
    assert [len(chunk) for chunk in chunks(lines)] == [3, 2, 2, 1]
    assert [line for chunk in chunks(lines) for line in chunk] == lines


SURVEY = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background was told to ignore it
from nyay_lib.data.examine import Rules
from nyay_lib.data.survey import Source, survey
if __name__ == "__main__":
    with survey([Source(Path(sys.argv[1]), False)], Rules(None), lambda n: print(n, flush=True), processes=2):
        pass
"""


@pytest.fixture
def surveying(tmp_path: Path) -> subprocess.Popen[str]:
    """A process that judges many rows in two others, and has begun to."""
    path = write(tmp_path / "train.jsonl", *(line(f"{ANSWER} {n}") for n in range(20_000)))
    (tmp_path / "program.py").write_text(SURVEY)
    command = [sys.executable, str(tmp_path / "program.py"), str(path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    assert child.stdout
    child.stdout.readline()
    return child


def ended(processes: Sequence[psutil.Process], seconds: float = 10) -> bool:
    return not psutil.wait_procs(processes, timeout=seconds)[1]


def test_workers_die_with_a_parent_that_is_killed(surveying: subprocess.Popen[str]) -> None:
    children = psutil.Process(surveying.pid).children(recursive=True)
    assert len(children) >= 2
    surveying.kill()
    surveying.communicate()
    assert ended(children)


def test_ctrl_c_ends_all_without_a_word_from_the_workers(surveying: subprocess.Popen[str]) -> None:
    children = psutil.Process(surveying.pid).children(recursive=True)
    os.killpg(surveying.pid, signal.SIGINT)
    assert surveying.communicate(timeout=20)[1].count("Traceback") == 1
    assert ended(children)


def test_a_worker_that_is_killed_is_told_in_words(surveying: subprocess.Popen[str]) -> None:
    workers_of = [
        child for child in psutil.Process(surveying.pid).children() if "spawn_main" in " ".join(child.cmdline())
    ]
    workers_of[0].kill()
    assert "DataError: a process that judged rows was ended" in surveying.communicate(timeout=30)[1]
