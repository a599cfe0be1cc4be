"""Each parser on made-up inputs: it gives a value or one of its documented errors, and never anything else.

``make fuzz`` tries 10,000 inputs a parser; elsewhere NYAY_FUZZ says how many.
"""

import json
import os
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import gguf
import httpx
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nyay_lib.base_model.folder import count_parameters
from nyay_lib.base_model.weights import read_header as read_weights_header
from nyay_lib.config import PipelineConfig, RegistryConfig, load_config
from nyay_lib.data.records import Fault, Record, read_records
from nyay_lib.errors import BaseModelError, ConfigError, DamagedError, ExportError, JobError, RegistryError
from nyay_lib.export.gguf_header import GgufHeader, read_header
from nyay_lib.export.safetensors_reader import open_weights
from nyay_lib.jobs import Done, Event, Started, Text, read_event
from nyay_lib.law import classify_outcome, extract_references
from nyay_lib.lines import read_lines
from nyay_lib.prompt import FORMATS
from nyay_lib.registry.client import _shown  # pyright: ignore[reportPrivateUsage]
from nyay_lib.registry.modelfile import modelfile
from tests.nyay_lib.made import step_of

COUNT = int(os.environ.get("NYAY_FUZZ", "300"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

fuzzed = settings(
    max_examples=COUNT,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session", autouse=True)
def counted() -> Any:
    """How many inputs each parser had, printed at the end."""
    yield
    print("\ninputs a parser:", json.dumps(TRIED))


TRIED: dict[str, int] = {}


def tried(parser: str) -> None:
    TRIED[parser] = TRIED.get(parser, 0) + 1


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def mutated(whole: bytes) -> st.SearchStrategy[bytes]:
    """A sound file that was cut, or in which bytes were changed, put in or taken out."""
    places = st.integers(0, len(whole))

    def change(edits: list[tuple[int, bytes, int]]) -> bytes:
        content = whole
        for at, put, gone in edits:
            content = content[:at] + put + content[at + gone :]
        return content

    edits = st.lists(st.tuples(places, st.binary(max_size=9), st.integers(0, 9)), min_size=1, max_size=4)
    cuts = places.map(lambda at: whole[:at])
    return edits.map(change) | cuts | st.binary(max_size=200)


# --- records --------------------------------------------------------------------------------------------------------

RECORD = {
    "instruction": "Summarise the judgment.",
    "input": "The appeal under Section 302 IPC is dismissed.",
    "output": "The appeal was dismissed.",
    "metadata": {"cnr": "HCBM030212662025", "task_type": "summarization"},
}


def rows() -> st.SearchStrategy[bytes]:
    values = st.fixed_dictionaries({}, optional={key: JSON | st.just(value) for key, value in RECORD.items()})
    return st.lists(values.map(lambda row: json.dumps(row).encode()), max_size=3).map(b"\n".join)


@fuzzed
@given(content=mutated(json.dumps(RECORD).encode()) | rows())
def test_records(place: Path, content: bytes) -> None:
    tried("records")
    path = place / "rows.jsonl"
    path.write_bytes(content)
    for one in read_records(path):
        assert isinstance(one, Record | Fault)
        json.dumps(str(one)).encode()


def as_lines(values: list[Any]) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


@fuzzed
@given(content=mutated(b'{"row": 1, "text": "a"}\n{"row": 2}\n') | st.lists(JSON, max_size=3).map(as_lines))
def test_lines(place: Path, content: bytes) -> None:
    tried("lines of our own files")
    path = place / "lines.jsonl"
    path.write_bytes(content)
    try:
        assert all(type(line) is dict for line in read_lines(path))
    except DamagedError as error:
        one_line(error)


# --- configuration --------------------------------------------------------------------------------------------------

CONFIG = Path(__file__).parents[2] / "config/training_config.yaml"


def settings_of() -> st.SearchStrategy[bytes]:
    """Sections and keys that exist, with values of any kind."""
    sections = {
        name: st.dictionaries(st.sampled_from([*field.annotation.model_fields, "strange"]), JSON, max_size=3)  # type: ignore[union-attr]
        for name, field in PipelineConfig.model_fields.items()
    }
    return st.fixed_dictionaries({}, optional={name: one | JSON for name, one in sections.items()}).map(as_bytes)


@fuzzed
@given(content=mutated(CONFIG.read_bytes()) | settings_of())
def test_config(place: Path, content: bytes) -> None:
    tried("configuration")
    path = place / "config.yaml"
    path.write_bytes(content)
    try:
        assert isinstance(load_config(path), PipelineConfig)
    except ConfigError as error:
        one_line(error)


# --- a child's events -----------------------------------------------------------------------------------------------

EVENTS = [step_of(1), Started(pid=1, device="cpu"), Text(text="§"), Done(result={"steps": 1})]


@fuzzed
@given(line=st.one_of(*(mutated(event.model_dump_json().encode()) for event in EVENTS), JSON.map(as_bytes)))
def test_events(line: bytes) -> None:
    tried("events of a child")
    try:
        assert isinstance(read_event(line, "train"), Event)
    except JobError as error:
        one_line(error)


# --- Ollama ---------------------------------------------------------------------------------------------------------


@fuzzed
@given(path=st.text(max_size=30), licence=st.text(max_size=60), format=st.sampled_from(FORMATS))
def test_modelfile(path: str, licence: str, format: Any) -> None:
    tried("Modelfile")
    try:
        text = modelfile(Path("/runs") / path.replace("\0", ""), format, RegistryConfig(), licence)
    except RegistryError as error:
        return one_line(error)
    first, *rest = text.split("\n")
    assert first.startswith("FROM /") and "\n".join(rest).count('"""') % 2 == 0
    outside = "".join("\n".join(rest).split('"""')[::2])
    words = {line.split(" ")[0] for line in outside.split("\n") if line}
    assert words <= {"TEMPLATE", "SYSTEM", "PARAMETER", "LICENSE"}


PARAMETERS = 'stop "<|eot|>"\ntemperature 0.7'
SHOWN = {"template": "{{ .Prompt }}", "system": "S", "parameters": PARAMETERS, "modelfile": "FROM x"}
ANSWERS = st.fixed_dictionaries({}, optional={key: JSON | st.text(max_size=30) for key in SHOWN})


@fuzzed
@given(content=mutated(as_bytes(SHOWN)) | ANSWERS.map(as_bytes))
def test_what_ollama_shows(content: bytes) -> None:
    tried("what Ollama shows")
    with suppress(ValueError):  # which its caller puts into words
        _shown(httpx.Response(200, content=content))


# --- the law --------------------------------------------------------------------------------------------------------

TERMS = """
Section 302 IPC r/w 34 of the Indian Penal Code, 1860 Article 226 (1)(a) AIR 1978 SC 597 v. State dismissed allowed
partly appeal धारा ३०२ भा.दं.सं. अपील खारिज 2023 INSC 12 Rs. 5,00,000/- dated 12.03.2019 not set aside
"""
WORDS = st.sampled_from(TERMS.split())
LAW = st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=80)


@fuzzed
@given(text=LAW)
def test_references(text: str) -> None:
    tried("references")
    assert all(one.kind and one.canonical for one in extract_references(text))


@fuzzed
@given(text=LAW)
def test_outcome(text: str) -> None:
    tried("outcomes")
    assert classify_outcome(text).label


# --- model files ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(place: Path) -> bytes:
    path = place / "sound.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_file_type(1)
    writer.add_context_length(64)
    writer.add_token_list(["a", "b"])
    writer.add_tensor("token_embd.weight", np.zeros((4, 32), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


def safetensors_file() -> bytes:
    header = {"__metadata__": {"format": "pt"}, "a": {"dtype": "F16", "shape": [2, 4], "data_offsets": [0, 16]}}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(16)


def headers() -> st.SearchStrategy[bytes]:
    """A header of any JSON, before data of any length."""
    entry = st.fixed_dictionaries(
        {},
        optional={
            "dtype": st.sampled_from(["F16", "BF16", "F32", "I8"]) | JSON,
            "shape": st.lists(st.integers(-3, 1 << 40), max_size=4) | JSON,
            "data_offsets": st.lists(st.integers(-3, 1 << 40), max_size=3) | JSON,
        },
    )
    tables = st.dictionaries(st.sampled_from(["a", "b", "__metadata__"]), entry | JSON, max_size=3) | JSON
    return st.tuples(tables.map(lambda table: json.dumps(table).encode()), st.binary(max_size=40)).map(
        lambda pair: struct.pack("<Q", len(pair[0])) + pair[0] + pair[1]
    )


@fuzzed
@given(data=st.data())
def test_gguf(place: Path, sound: bytes, data: st.DataObject) -> None:
    tried("GGUF")
    path = place / "fuzzed.gguf"
    path.write_bytes(data.draw(mutated(sound)))
    documented(lambda: read_header(path), GgufHeader, ExportError)


@fuzzed
@given(content=mutated(safetensors_file()) | headers())
def test_safetensors(place: Path, content: bytes) -> None:
    tried("safetensors")
    folder = place / "weights"
    folder.mkdir(exist_ok=True)
    path = folder / "model.safetensors"
    path.write_bytes(content)
    documented(lambda: read_weights_header(path), dict, BaseModelError)
    documented(lambda: count_parameters([path], None), int, BaseModelError)
    documented(lambda: open_weights(folder), dict, ExportError)


def documented(read: Callable[[], Any], kind: type, error: type[Exception]) -> None:
    """A value of a kind, or an error of one."""
    try:
        assert isinstance(read(), kind)
    except error as said:
        one_line(said)


def one_line(error: Exception) -> None:
    assert str(error) and len(str(error).splitlines()) == 1, str(error)
