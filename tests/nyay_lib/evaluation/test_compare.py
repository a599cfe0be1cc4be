"""Base against tuned, where two runs want the base's answers at once."""

import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nyay_lib.config import PathsConfig, PipelineConfig
from nyay_lib.evaluation import compare
from nyay_lib.evaluation.compare import Score, read_answers
from nyay_lib.files import write_text
from nyay_lib.jobs import Done, EvaluateJob, Event, Progress, finish
from nyay_lib.lines import appending, json_line, read_lines
from tests.nyay_lib.made import base_of, dataset_of


def test_of_two_runs_that_want_the_bases_answers_one_waits_and_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = list[Path]()

    def slow(job: EvaluateJob, folder: Path) -> Generator[Event, None, Done]:
        """As the child: what is missing at its begin is added at its end."""
        begun.append(folder)
        missing = sorted(set(job.rows) - {line["row"] for line in read_lines(job.answers)})
        yield Progress(done=0, total=1, what="answers")
        time.sleep(0.5)
        with appending(job.answers) as append:
            append({"row": row, "text": "the appeal", "tokens": 2, "seconds": 1.0} for row in missing)
        return Done(result={"loss": 1.0, "rows": len(job.rows)})

    monkeypatch.setattr(compare, "run_job", slow)
    config, base, data = PipelineConfig(paths=PathsConfig(cache=tmp_path)), base_of(tmp_path), dataset_of(tmp_path)
    chat = [{"role": role, "content": "the appeal"} for role in ("system", "user", "assistant")]
    write_text(data.validation_file, 2 * json_line({"messages": chat}))
    both = threading.Barrier(2)

    def one(job: str) -> Score:
        both.wait()
        return finish(compare._score(config, base, data, (0, 1), None, tmp_path / "shared", tmp_path / job))

    with ThreadPoolExecutor() as pool:
        first, second = pool.map(one, ("first", "second"))
    assert [row for row, *_ in read_answers(tmp_path / "shared" / "answers.jsonl")] == [0, 1]
    assert len(begun) == 1 and first.model_dump(exclude={"reused"}) == second.model_dump(exclude={"reused"})
