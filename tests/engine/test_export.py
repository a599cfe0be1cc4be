"""What is exported is what was trained: MLX and llama.cpp agree on loss and on greedy text."""

from pathlib import Path

import pytest

from nyay_lib.base_model.embedded import make_embedded
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.data.chat import chat_line
from nyay_lib.data.records import Record, read_records
from nyay_lib.engine.batches import Row
from nyay_lib.engine.evaluate import generate
from nyay_lib.engine.model import LoadedModel, load
from nyay_lib.errors import NyayError
from nyay_lib.evaluation.losses import RowLoss
from nyay_lib.export.gguf import write_gguf
from nyay_lib.jobs import (
    AnswerJob,
    EvaluateJob,
    FuseJob,
    QuantizeBaseJob,
    ScoreJob,
    Text,
    finish,
    run_job,
)
from nyay_lib.lines import read_lines
from nyay_lib.prompt import chat_format, conversation, user_turn
from tests.engine.fidelity import fidelity_of

SAMPLE = Path(__file__).parents[2] / "data/sample/val.jsonl"
PROMPTS = (
    "What does Section 420 of the Indian Penal Code punish?",
    "Explain anticipatory bail in two sentences.",
    "Who may file a writ petition under Article 226, and against whom?",
)


@pytest.fixture(scope="module")
def gguf(base: Path, trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fused tiny model as an F16 file."""
    folder = tmp_path_factory.mktemp("export")
    finish(run_job(FuseJob(base=base, adapter=trained, target=folder / "merged"), folder / "job"))
    return write_gguf(folder / "merged", folder / "tiny-f16.gguf", name="tiny").path


def test_the_file_has_the_loss_that_was_trained(
    base: Path, chats: Path, trained: Path, gguf: Path, tmp_path: Path
) -> None:
    losses = score(gguf, chats, tmp_path)
    narrow = score(gguf, chats, tmp_path / "narrow", context=64)  # widened to what the rows need
    assert [row.nll for row in narrow] == pytest.approx([row.nll for row in losses], rel=1e-4)
    job = EvaluateJob(
        base=base,
        adapter=trained,
        validation=chats,
        answers=tmp_path / "answers.jsonl",
        rows=(0, 1),
        max_tokens=4,
        batch_size=4,
    )
    evaluated = finish(run_job(job, tmp_path / "evaluate"))
    assert sum(row.tokens for row in losses) == evaluated.result["completion_tokens"]
    loss = sum(row.nll for row in losses) / sum(row.tokens for row in losses)
    assert loss == pytest.approx(float(evaluated.result["loss"] or 1), rel=1e-3)


def score(gguf: Path, chats: Path, folder: Path, context: int = 512) -> list[RowLoss]:
    """The losses of a file, row by row."""
    folder.mkdir(exist_ok=True)
    job = ScoreJob(gguf=gguf, validation=chats, losses=folder / "losses.jsonl", context=context)
    finish(run_job(job, folder / "score"))
    return [RowLoss(line["nll"], line["tokens"]) for line in read_lines(job.losses)]


def test_an_adapter_of_another_model_is_refused(base: Path, trained: Path, tmp_path: Path) -> None:
    import mlx.core as mx

    other = tmp_path / "other"
    other.mkdir()
    (other / "adapter_config.json").write_text((trained / "adapter_config.json").read_text())
    name = "model.layers.9.self_attn.q_proj"
    mx.save_safetensors(
        str(other / "adapters.safetensors"), {f"{name}.lora_a": mx.ones((64, 4)), f"{name}.lora_b": mx.ones((4, 64))}
    )
    with pytest.raises(NyayError, match=r"adapts 'model.layers.9.self_attn.q_proj', which the base .* does not have"):
        finish(run_job(FuseJob(base=base, adapter=other, target=tmp_path / "merged"), tmp_path / "job"))
    assert not (tmp_path / "merged").exists()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_f16_file_of_a_real_model_speaks_as_mlx_does(tmp_path: Path) -> None:
    make_embedded(tmp_path / "source")
    finish(run_job(QuantizeBaseJob(source=tmp_path / "source", target=tmp_path / "base", bits=8), tmp_path / "a"))
    finish(run_job(FuseJob(base=tmp_path / "base", adapter=None, target=tmp_path / "merged"), tmp_path / "b"))
    gguf = write_gguf(tmp_path / "merged", tmp_path / "f16.gguf", name="smol").path
    chats = sample_chats(tmp_path)
    measured = fidelity_of(tmp_path / "base", None, tmp_path / "merged", {"f16": gguf}, chats, tmp_path, prompts=1)
    file = measured.stage("gguf")
    print(measured)
    assert file.kl <= 1e-4 and file.top1 == 1.0 and file.positions > 300 and file.other_tokens == 0
    merged = load(tmp_path / "merged")
    for prompt in PROMPTS:
        spoken = by_llama(gguf, prompt, tmp_path / "ask")
        assert len(spoken.split()) > 10
        assert spoken == by_mlx(merged, prompt)


def sample_chats(folder: Path) -> Path:
    """The beginnings of the sample's shortest validation rows as conversations."""
    records = [row for row in read_records(SAMPLE) if isinstance(row, Record)]
    chats = sorted(chat_line(user_turn(row.instruction, row.input[:400]), row.output) for row in records)
    path = folder / "chats.jsonl"
    path.write_text("".join(sorted(chats, key=len)[:3]), encoding="utf-8")
    return path


def by_llama(gguf: Path, prompt: str, folder: Path) -> str:
    """Forty greedy tokens of the file."""
    chat = chat_format(vocabulary(gguf.parent / "merged"))
    text = chat.prompt(conversation(prompt))
    job = AnswerJob(gguf=gguf, prompt=text, stops=chat.stops, max_tokens=40, context=512)
    return "".join(event.text for event in run_job(job, folder) if isinstance(event, Text)).strip()


def by_mlx(loaded: LoadedModel, prompt: str) -> str:
    """Forty greedy tokens of the folder that the file was written from."""
    tokens = loaded.tokenizer.encode(loaded.chat.prompt(conversation(prompt)), add_special_tokens=False).ids
    return generate(loaded, [Row(0, tuple(tokens), len(tokens))], 40)[0]["text"]


def test_a_file_that_is_not_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF rubbish")
    job = AnswerJob(gguf=tmp_path / "x.gguf", prompt="hello", stops=(), max_tokens=4, context=64)
    with pytest.raises(NyayError, match=r"x\.gguf: llama\.cpp cannot load it"):
        finish(run_job(job, tmp_path / "job"))
