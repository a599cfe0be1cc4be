"""What the writer writes, seen by the gguf package and by llama.cpp."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import llama_cpp
import numpy as np
import pytest
import safetensors

from nyay_lib.base_model.llama import LlamaShape
from nyay_lib.base_model.tiny import TinyShape, make_tiny
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.errors import ExportError
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.llama_config import llama3_factors
from nyay_lib.export.llama_tensors import permute
from nyay_lib.prompt import LLAMA3, conversation
from tests.nyay_lib.export.model_folder import Model

LLAMA32_ROPE = {
    "factor": 32.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
    "rope_type": "llama3",
}
Load = Callable[..., Any]
Read = Callable[[Path | gguf.GGUFReader], dict[str, Any]]


def logits(model: Any, tokens: list[int]) -> np.ndarray:
    model.reset()
    model.eval(tokens)
    return np.array(model.scores[: len(tokens)])


def test_result_describes_the_file(model: Model) -> None:
    written = write_gguf(model.folder, model.folder / "out.gguf", name="Test")
    data = written.path.read_bytes()
    assert (written.bytes, written.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert written.tensors == len(gguf.GGUFReader(written.path).tensors)


def test_same_model_gives_same_bytes(model: Model) -> None:
    first = write_gguf(model.folder, model.folder / "1.gguf", name="Test")
    assert write_gguf(model.folder, model.folder / "2.gguf", name="Test").sha256 == first.sha256


def test_llama_cpp_loads_the_vocabulary_alone(tiny_gguf: Path, load: Load) -> None:
    assert load(tiny_gguf, vocab_only=True).n_vocab() == 475


def test_tiny_model_answers(tiny_gguf: Path, load: Load) -> None:
    answer = load(tiny_gguf, n_ctx=256).create_chat_completion(conversation("Hello"), max_tokens=8, temperature=0)
    assert answer["usage"]["completion_tokens"] > 0


def test_real_model_answers_sensibly_and_stops(smollm_gguf: Path, load: Load) -> None:
    question = [{"role": "user", "content": "What is the capital of India? Answer in one sentence."}]
    model = load(smollm_gguf, n_ctx=256)
    choice = model.create_chat_completion(question, max_tokens=40, temperature=0)["choices"][0]
    assert "Delhi" in choice["message"]["content"]
    assert choice["finish_reason"] == "stop"


def test_round_trip_of_a_published_gguf_keeps_values_and_row_order(
    published: gguf.GGUFReader, rewritten: gguf.GGUFReader, read_tensors: Read
) -> None:
    theirs, ours = read_tensors(published), read_tensors(rewritten)
    assert theirs.keys() == ours.keys()
    for name, tensor in theirs.items():
        assert np.array_equal(tensor.astype(np.float16), ours[name].astype(np.float16)), name


def test_sizes_and_tokenizer_are_those_of_a_published_gguf(
    published: gguf.GGUFReader, rewritten: gguf.GGUFReader, read_keys: Read
) -> None:
    theirs, ours = read_keys(published), read_keys(rewritten)
    same = [k for k in theirs if k.startswith(("llama.", "tokenizer.ggml.")) and "unknown" not in k]
    assert len(same) > 15
    assert {k: ours[k] for k in same} == {k: theirs[k] for k in same}


def test_matrices_are_f16_and_vectors_f32(tiny_gguf: Path) -> None:
    for tensor in gguf.GGUFReader(tiny_gguf).tensors:
        assert tensor.tensor_type.name == ("F32" if len(tensor.shape) == 1 else "F16"), tensor.name


def test_rows_of_q_and_k_interleave_the_halves_of_each_head(model: Model, read_tensors: Read) -> None:
    source = model.tensors["model.layers.1.self_attn.k_proj.weight"].astype(np.float32)
    written = read_tensors(model.write())["blk.1.attn_k.weight"]
    for head in range(2):
        for row in range(8):
            assert np.array_equal(written[head * 16 + 2 * row], source[head * 16 + row])
            assert np.array_equal(written[head * 16 + 2 * row + 1], source[head * 16 + 8 + row])


def test_pieces_are_permuted_as_the_whole() -> None:
    whole = np.arange(6 * 8 * 3, dtype=np.float16).reshape(48, 3)
    pieces = [permute(whole[first : first + 16], 8) for first in range(0, 48, 16)]
    assert np.array_equal(np.concatenate(pieces), permute(whole, 8))


def test_tensors_larger_than_a_piece_are_written_whole(
    model: Model, read_tensors: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read_tensors(model.write())
    monkeypatch.setattr("nyay_lib.export.safetensors_reader.PIECE_BYTES", 1000)
    for name, tensor in read_tensors(model.write()).items():
        assert np.array_equal(tensor, expected[name]), name


def test_tied_model_has_no_output_tensor(model: Model, read_tensors: Read) -> None:
    model.save(model.tensors | {"lm_head.weight": model.tensors["model.embed_tokens.weight"]})
    assert "output.weight" not in read_tensors(model.write())


def test_untied_model_has_one(model: Model, read_tensors: Read) -> None:
    head = model.tensors["model.embed_tokens.weight"][::-1].copy()
    model.save(model.tensors | {"lm_head.weight": head})
    model.config(tie_word_embeddings=False)
    assert np.array_equal(read_tensors(model.write())["output.weight"], head.astype(np.float32))


def test_shards_give_the_same_file_as_one(model: Model) -> None:
    whole = model.write().read_bytes()
    tensors = model.tensors
    (model.folder / "model.safetensors").unlink()
    places = {name: f"model-0000{1 + i % 2}-of-00002.safetensors" for i, name in enumerate(tensors)}
    for shard in set(places.values()):
        model.save({name: tensor for name, tensor in tensors.items() if places[name] == shard}, shard)
    (model.folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))
    assert model.write().read_bytes() == whole


def test_f32_weights_give_the_same_file_as_f16(model: Model, as_f32: Any) -> None:
    half = model.write().read_bytes()
    model.save(as_f32(model.tensors))
    assert model.write().read_bytes() == half


def test_bf16_weights_keep_their_values(model: Model, as_f32: Any, read_tensors: Read) -> None:
    upper = {name: tensor.view(np.uint32) >> 16 for name, tensor in as_f32(model.tensors).items()}
    data = {name: tensor.astype(np.uint16) for name, tensor in upper.items()}
    specs = {
        name: safetensors.TensorSpec(dtype="bfloat16", shape=t.shape, data_ptr=t.ctypes.data, data_len=t.nbytes)
        for name, t in data.items()
    }
    (model.folder / "model.safetensors").write_bytes(safetensors.serialize(specs))
    expected = (upper["model.layers.0.mlp.up_proj.weight"] << 16).view(np.float32).astype(np.float16)
    assert np.array_equal(read_tensors(model.write())["blk.0.ffn_up.weight"].astype(np.float16), expected)


def test_transformers_5_writing_of_the_configuration_gives_the_same_file(model: Model) -> None:
    model.config(rope_scaling=LLAMA32_ROPE)
    old = model.write().read_bytes()
    model.config(rope_scaling=None, rope_theta=None, rope_parameters=LLAMA32_ROPE | {"rope_theta": 500_000.0})
    assert model.write().read_bytes() == old


def test_old_spelling_of_the_rope_type_gives_the_same_file(model: Model) -> None:
    model.config(rope_scaling=LLAMA32_ROPE)
    new = model.write().read_bytes()
    spelled = {("type" if k == "rope_type" else k): v for k, v in LLAMA32_ROPE.items()}
    model.config(rope_scaling=spelled)
    assert model.write().read_bytes() == new


def published_factors(theta: float, width: int, scaling: dict[str, Any]) -> list[float]:
    """Factors by transformers' words: compare wavelengths, blend frequencies, divide."""
    factors: list[float] = []
    for i in range(0, width, 2):
        frequency = 1.0 / theta ** (i / width)
        wavelength = 2 * np.pi / frequency
        context = scaling["original_max_position_embeddings"]
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        if wavelength < context / high:
            new = frequency
        elif wavelength > context / low:
            new = frequency / scaling["factor"]
        else:
            smooth = (context / wavelength - low) / (high - low)
            new = (1 - smooth) * frequency / scaling["factor"] + smooth * frequency
        factors.append(frequency / new)
    return factors


@pytest.mark.parametrize(("theta", "width", "factor"), [(500_000.0, 128, 32.0), (500_000.0, 64, 8.0), (1e4, 16, 2.0)])
def test_rope_factors_follow_the_published_formula(theta: float, width: int, factor: float) -> None:
    expected = published_factors(theta, width, LLAMA32_ROPE | {"factor": factor})
    factors = llama3_factors(theta, width, factor, 1.0, 4.0, 8192)
    assert factors.shape == (width // 2,)
    np.testing.assert_allclose(factors, expected, rtol=1e-6)


def test_rope_factors_are_in_the_file_only_for_a_scaled_model(model: Model, read_tensors: Read) -> None:
    assert "rope_freqs.weight" not in read_tensors(model.write())
    model.config(rope_scaling=LLAMA32_ROPE)
    factors = read_tensors(model.write())["rope_freqs.weight"]
    np.testing.assert_allclose(factors, published_factors(500_000.0, 16, LLAMA32_ROPE), rtol=1e-6)


def test_llama_cpp_uses_the_rope_factors(model: Model, load: Load) -> None:
    tokens = list(range(5, 205))
    plain = logits(load(model.write(), n_ctx=256, logits_all=True), tokens)
    model.config(rope_scaling=LLAMA32_ROPE | {"original_max_position_embeddings": 64})
    scaled = logits(load(model.write(), n_ctx=256, logits_all=True), tokens)
    np.testing.assert_allclose(scaled[0], plain[0], atol=1e-5)  # the first token has nothing to be turned against
    assert np.abs(scaled[-1] - plain[-1]).max() > 0.01


def test_rows_beyond_the_tokenizer_become_unused_tokens(tmp_path: Path, load: Load, read_keys: Read) -> None:
    make_tiny(tmp_path / "model", TinyShape(vocab=512))
    path = write_gguf(tmp_path / "model", tmp_path / "m.gguf", name="Padded").path
    keys = read_keys(path)
    assert keys["tokenizer.ggml.tokens"][475:] == [f"[PAD{i}]" for i in range(475, 512)]
    assert set(keys["tokenizer.ggml.token_type"][475:]) == {gguf.TokenType.UNUSED}
    assert load(path, n_ctx=64).n_vocab() == 512


@pytest.fixture
def ends_gguf(tmp_path: Path) -> Path:
    """A Llama 3.2 with its three ends of text 476, turn 474 and message 475; none but the last two has a known text."""
    folder = tmp_path / "model"
    make_tiny(folder, TinyShape(vocab=512))
    tokenizer, config = (json.loads((folder / name).read_text()) for name in ("tokenizer.json", "config.json"))
    last = tokenizer["added_tokens"][-1]
    tokenizer["added_tokens"] += [last | {"id": 475, "content": "<|eom_id|>"}, last | {"id": 476, "content": "<|x|>"}]
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "config.json").write_text(json.dumps(config | {"eos_token_id": 476}))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [474, 475, 476]}))
    return write_gguf(folder, tmp_path / "ends.gguf", name="Ends").path


def test_each_id_that_ends_an_answer_is_written(ends_gguf: Path, read_keys: Read) -> None:
    keys = read_keys(ends_gguf)
    assert [keys[f"tokenizer.ggml.{end}_token_id"] for end in ("eos", "eot", "eom")] == [476, 474, 475]
    assert keys["tokenizer.ggml.eos_token_ids"] == [476, 474, 475]


def test_llama_cpp_stops_at_each_id_that_ends_an_answer(ends_gguf: Path, load: Load) -> None:
    model = load(ends_gguf, vocab_only=True)
    vocab: Any = llama_cpp.llama_model_get_vocab(model.model)
    ends = {i for i in range(model.n_vocab()) if llama_cpp.llama_vocab_is_eog(vocab, i)}
    assert ends >= {474, 475, 476}
    # llama.cpp knows one more by its text.
    assert {model.detokenize([i], special=True) for i in ends - {474, 475, 476}} == {b"<|end_of_text|>"}


def test_prompt_has_one_bos_through_the_template_of_the_file(tiny_folder: Path, tiny_gguf: Path, load: Load) -> None:
    messages = conversation("Who won?")
    used = load(tiny_gguf, n_ctx=512).create_chat_completion(messages, max_tokens=1)["usage"]["prompt_tokens"]
    assert used == len(load_tokenizer(tiny_folder).encode(LLAMA3.prompt(messages), add_special_tokens=False).ids)


@pytest.mark.parametrize(("file", "bos"), [("tiny_gguf", True), ("smollm_gguf", False)])
def test_bos_is_added_only_where_the_chat_format_begins_with_it(
    file: str, bos: bool, request: pytest.FixtureRequest, load: Load
) -> None:
    model = load(request.getfixturevalue(file), vocab_only=True)
    assert (model.tokenize(b"Hello", add_bos=True)[0] == model.token_bos()) is bos


def test_metadata_names_model_licence_and_base(model: Model, read_keys: Read) -> None:
    metadata = {"general.license": "llama3.2", "general.base_model.0.name": "Llama 3.2 3B", "nyay.run": "r1"}
    keys = read_keys(model.write(metadata=metadata))
    assert metadata.items() <= keys.items()
    assert (keys["general.name"], keys["general.base_model.count"]) == ("Test", 1)
    assert keys["general.file_type"] == gguf.LlamaFileType.MOSTLY_F16
    assert keys["tokenizer.chat_template"] == LLAMA3.jinja


def test_progress_ends_at_the_total(model: Model) -> None:
    told: list[tuple[int, int]] = []
    model.write(on_progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1] == told[0][1]


def test_failure_keeps_the_old_file_and_leaves_no_other(model: Model) -> None:
    old = model.write().read_bytes()
    broken = model.tensors
    broken["model.norm.weight"][3] = np.inf
    model.save(broken)
    with pytest.raises(ExportError, match=r"norm\.weight"):
        model.write()
    assert model.folder.with_suffix(".gguf").read_bytes() == old
    assert {p.name for p in model.folder.parent.iterdir()} == {"model", "model.gguf"}


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])


WRITE = """
import os, resource, signal, sys
from pathlib import Path
from nyay_lib.errors import ExportError
from nyay_lib.export.gguf import write_gguf
folder, target = Path(sys.argv[1]), Path(sys.argv[2])
"""


def test_kill_in_the_middle_leaves_nothing_under_the_name(model: Model, tmp_path: Path) -> None:
    kill = "write_gguf(folder, target, name='x', on_progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL))"
    ended = run_python(WRITE + kill, model.folder, tmp_path / "model.gguf")
    assert ended.returncode == -signal.SIGKILL
    assert not (tmp_path / "model.gguf").exists()
    assert model.write().is_file()


def test_full_disk_is_one_clear_line(model: Model, tmp_path: Path) -> None:
    limited = """
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_gguf(folder, target, name="x")
except ExportError as error:
    print(error)
"""
    told = run_python(WRITE + limited, model.folder, tmp_path / "out" / "model.gguf").stdout
    assert "model.gguf cannot be written: File too large" in told
    assert told.count("\n") == 1
    assert not any(Path(tmp_path / "out").iterdir())


MEASURE = """
def peak():
    if sys.platform == "linux":  # ru_maxrss counts the parent's pages too, up to exec
        return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
before = peak()
write_gguf(folder, target, name="Large")
print(peak() - before)
"""


def test_peak_memory_does_not_grow_with_the_weights(model: Model, tmp_path: Path) -> None:
    shape = LlamaShape(
        hidden=2048, layers=3, heads=16, kv_heads=4, intermediate=8192, vocab=65_536, context=4096,
        rope_theta=500_000.0, norm_eps=1e-5,
    )  # fmt: skip
    (model.folder / "config.json").write_text(json.dumps(shape.config(470, [471, 474], 471)))
    size = write_zeros(model.folder / "model.safetensors", shape)
    measured = run_python(WRITE + MEASURE, model.folder, tmp_path / "large.gguf")
    assert size > 600e6
    assert float(measured.stdout) < 80, measured.stderr


def write_zeros(path: Path, shape: LlamaShape) -> int:
    """A sparse safetensors file of zeros. Returns the size of its data in bytes."""
    header: dict[str, Any] = {}
    end = 0
    for name, sizes in shape.tensors().items():
        start, end = end, end + 2 * int(np.prod(sizes))
        header[name] = {"dtype": "F16", "shape": sizes, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    os.truncate(path, 8 + len(text) + end)
    return end
