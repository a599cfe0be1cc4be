"""From the answers of real files to what serves: a first model, a better one, and one that is worse on one task.

What the files said and lost on each row is written where it would be kept, so that a test can choose it; all that
follows, from the bench to Ollama's tags, is the product's own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nyay_lib.base_model.prepared import BaseModel, prepare
from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset, convert
from nyay_lib.errors import DamagedError
from nyay_lib.evaluation import judging
from nyay_lib.evaluation.answers import ModelFile, answers_file
from nyay_lib.evaluation.bench import Bench, open_bench
from nyay_lib.evaluation.compare import Evaluation, Score
from nyay_lib.evaluation.judging import Candidate, judge
from nyay_lib.evaluation.losses import losses_file
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.base_file import base_file
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import digest_file, write_text
from nyay_lib.jobs import finish
from nyay_lib.ledger import Ledger
from nyay_lib.lines import json_line
from nyay_lib.prompt import LLAMA3
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rival import rival
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter
from tests.nyay_lib.registry.ollama_server import OllamaServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SAMPLE = Path(__file__).parents[3] / "data/sample"
INVENTED = " See Section 999 of the Indian Penal Code and Kalpana Ghost v. State of Nowhere, (1999) 9 SCC 999."
# What a model says where the reference is so, and its loss in nats a token, by the task of the row.
Says = Callable[[str, str], str]
Loses = Callable[[str], float]


@dataclass(frozen=True)
class Court:
    """What every model is judged with."""

    config: PipelineConfig
    base: BaseModel
    data: Dataset
    bench: Bench

    def plant(self, file: ModelFile, says: Says, loses: Loses) -> None:
        """The answers and losses of a file, where they are kept once they were made."""
        records = self.bench.questions.records
        answers = [
            answer(question.key, says(record.task_type, record.output))
            for question, record in zip(self.bench.asked, records, strict=True)
        ]
        losses = [{"nll": 10 * loses(record.task_type), "tokens": 10} for record in self.bench.records]
        write_text(answers_file(self.config, file), "".join(map(json_line, answers)))
        write_text(losses_file(self.config, file, self.data.validation_file), "".join(map(json_line, losses)))

    def challenge(self, run: RunDir, gguf: Gguf, says: Says, loses: Loses) -> tuple[Verdict, Release]:
        """Judge and release a file that says and loses so much."""
        self.plant(ModelFile(gguf.path, gguf.sha256), says, loses)
        evaluation = Evaluation(inputs=run.run_id, base=scored(3.0), tuned=scored(loses("")), samples=run.evaluation)
        candidate = Candidate(self.config, run, self.base, self.data, adapter(run), evaluation, gguf)
        verdict = finish(judge(candidate, rival(self.config, run)))
        gguf.save(run.result("quantize"))
        return verdict, release(self.config, run, gguf, verdict, LLAMA3, "mit", lambda done, total: None)


def answer(key: str, text: str) -> dict[str, Any]:
    times = {"first_token_seconds": 0.1, "later_tokens": 40, "later_seconds": 1.0}
    return {"key": key, "text": text, "ended": "stop", "tokens": 41, "prompt_tokens": 100, **times}


def scored(loss: float) -> Score:
    return Score(inputs="test", loss=loss, rows=12, answers=12, rouge_l=0.1, tokens_per_second=40.0)


def adapter(run: RunDir) -> Adapter:
    counts = {"rows": 44, "epochs": 1, "steps": 3, "planned_steps": 3, "least": 1, "most": 1}
    ledger = Ledger(**counts, tokens=10, completion_tokens=5, tokens_lost=0, prompt_tokens=5)
    return Adapter(
        inputs="test",
        folder=run.adapter,
        digest=run.run_id,
        steps=3,
        best_step=3,
        first_loss=3.0,
        last_loss=1.0,
        validation_loss=1.0,
        tokens=10,
        tokens_per_second=1.0,
        peak_memory=1,
        trainable_parameters=1,
        device="CPU",
        ledger=ledger,
        attempts=[],
        warnings=[],
    )


@pytest.fixture
def court(config: PipelineConfig, tmp_path: Path) -> Court:
    """The sample's rows and the tiny base, whose file invents a law in every answer."""
    settings = {
        "model": {"name": "embedded:tiny-random"},
        "training": {"max_seq_length": 768},
        "data": {"train": SAMPLE / "train.jsonl", "validation": SAMPLE / "val.jsonl"}
        | {name: tmp_path / name for name in ("incoming", "versions", "decisions")},
        "evaluation": {"samples": 12, "max_tokens": 24, "results": tmp_path / "results"},
        "gate": {"judgments": 2},
    }
    config = PipelineConfig.model_validate(config.model_dump(mode="json", by_alias=True) | settings)
    base = finish(prepare(config.model, config.paths.cache, tmp_path / "job", lambda done, total: None))
    data = convert(config, base)
    court = Court(config, base, data, open_bench(config, data))
    file = finish(base_file(config, base, "f16", tmp_path / "base-job"))
    court.plant(ModelFile(file.path, file.sha256), lambda task, reference: reference + INVENTED, lambda task: 3.0)
    return court


@pytest.fixture
def challenger(court: Court, described: Callable[[Path], Gguf]) -> Callable[[str], tuple[RunDir, Gguf]]:
    """A run with a model of its own."""

    def make(run_id: str) -> tuple[RunDir, Gguf]:
        run = RunDir.at(court.config.paths.runs, run_id)
        make_tiny(run.merged, seed=len(list(court.config.paths.runs.glob("*"))))
        run.adapter.mkdir()
        (run.adapter / "adapters.safetensors").write_text(run_id)
        return run, described(write_gguf(run.merged, run.gguf / "f16.gguf", name=run_id).path)

    return make


def sometimes(every: int) -> Says:
    """The reference answer, with an invented law in one of so many."""
    return lambda task, reference: reference + (INVENTED if len(reference) % every == 0 else "")


def inventing_beside_the_outcome(task: str, reference: str) -> str:
    """As often right about the law as the reference: of these tasks the outcome is what is judged."""
    return reference + (INVENTED if task in ("outcome_analysis", "summarization") else "")


def test_a_first_and_a_better_second_model_go_live_by_themselves_and_a_third_that_is_worse_on_a_task_does_not(
    court: Court, server: OllamaServer, challenger: Callable[[str], tuple[RunDir, Gguf]], tmp_path: Path
) -> None:
    first, told = court.challenge(*challenger("first"), inventing_beside_the_outcome, lambda task: 2.0)
    assert first.passed and told.promoted, told.reason
    second, told = court.challenge(*challenger("second"), lambda task, reference: reference, lambda task: 1.5)
    assert second.passed and (told.promoted, told.replaced) == (True, "first"), told.reason
    serving = server.models["nyay-ai:production"]
    assert serving == server.models["nyay-ai:second-f16"] != server.models["nyay-ai:first-f16"]
    third, told = court.challenge(
        *challenger("third"),
        lambda task, reference: reference,
        lambda task: 1.9 if task == "summarization" else 0.1,
    )
    assert [row.name for row in third.blocking] == ["no worse than production: validation loss, summarization"]
    assert not told.promoted and "validation loss, summarization MISSED" in told.reason
    assert server.models["nyay-ai:production"] == serving
    assert (tmp_path / "models" / "nyay-ai-adapter" / "adapters.safetensors").read_text() == "second"


def test_a_second_model_of_the_same_worth_leaves_the_first_where_it_is(
    court: Court, server: OllamaServer, challenger: Callable[[str], tuple[RunDir, Gguf]]
) -> None:
    assert court.challenge(*challenger("first"), sometimes(2), lambda task: 2.0)[1].promoted
    verdict, told = court.challenge(*challenger("second"), sometimes(2), lambda task: 2.0)
    assert [row.name for row in verdict.blocking] == ["better than production somewhere"] and not told.promoted
    assert server.models["nyay-ai:production"] == server.models["nyay-ai:first-f16"]


def test_a_damaged_file_in_production_is_told_of_and_beaten_by_nobody(
    court: Court, server: OllamaServer, challenger: Callable[[str], tuple[RunDir, Gguf]]
) -> None:
    run, gguf = challenger("first")
    assert court.challenge(run, gguf, sometimes(2), lambda task: 2.0)[1].promoted
    data = gguf.path.read_bytes()
    gguf.path.write_bytes(data[:-4] + b"\1\2\3\4")
    court.plant(ModelFile(gguf.path, digest_file(gguf.path)), lambda task, reference: INVENTED, lambda task: 9.0)
    second = challenger("second")
    with pytest.raises(DamagedError, match="f16.gguf: has changed since it was made"):
        court.challenge(*second, sometimes(2), lambda task: 2.5)
    gguf.path.write_bytes(data)
    verdict, told = court.challenge(*second, sometimes(2), lambda task: 2.5)
    assert not verdict.passed and not told.promoted


def test_what_a_kill_kept_from_being_written_for_others_is_written_by_the_next(
    court: Court, challenger: Callable[[str], tuple[RunDir, Gguf]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(config: PipelineConfig, run: RunDir) -> Path:
        raise KeyboardInterrupt

    run, gguf = challenger("first")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(judging, "result_path", killed)
        court.challenge(run, gguf, sometimes(2), lambda task: 2.0)
    court.challenge(run, gguf, sometimes(2), lambda task: 2.0)
    assert (court.config.evaluation.results / "first.json").exists()
