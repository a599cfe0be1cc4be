"""Models from the hub, against a server on loopback that speaks its protocol."""

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from nyay_lib.base_model import SourceModel, check_source, fetch_source
from nyay_lib.base_model.folder import WEIGHTS
from nyay_lib.config import ModelConfig
from nyay_lib.errors import BaseModelError, HubUnreachable
from tests.nyay_lib.base_model.hub_server import COMMIT, LATER_COMMIT, TOKEN, HubServer

NAME = "nyay/tiny"
GATED = "meta-llama/Llama-3.2-3B-Instruct"
CUT = 100_000
FETCH = """
import pathlib, sys
from nyay_lib.base_model import fetch_source
from nyay_lib.config import ModelConfig
fetch_source(ModelConfig(name=sys.argv[1]), pathlib.Path(sys.argv[2]), lambda done, total: None)
"""


class Progress(list[tuple[int, int]]):
    """What was reported."""

    def __call__(self, done: int, total: int) -> None:
        self.append((done, total))


def fetch(cache: Path, name: str = NAME, progress: Progress | None = None, **settings: Any) -> SourceModel:
    return fetch_source(ModelConfig(name=name, **settings), cache, progress if progress is not None else Progress())


def refusal(cache: Path, name: str = NAME, **settings: Any) -> str:
    """The one line that checking and fetching alike refuse with."""
    with pytest.raises(BaseModelError) as checked:
        check_source(ModelConfig(name=name, **settings), cache)
    with pytest.raises(BaseModelError) as fetched:
        fetch(cache, name, **settings)
    assert str(checked.value) == str(fetched.value)
    assert "\n" not in str(checked.value)
    assert TOKEN not in str(checked.value)
    return str(checked.value)


# --- fetching -------------------------------------------------------------------------------------------------------


def test_a_model_is_pinned_fetched_and_described(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    source = fetch(tmp_path)
    assert (source.kind, source.revision, source.licence) == ("hub", COMMIT, "llama3.2")
    assert source.parameters == 104_448
    assert source.digest == fetch_source(ModelConfig(name=str(tiny)), tmp_path, Progress()).digest


def test_only_what_the_model_needs_is_fetched(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    files = hub.add(NAME, tiny).files
    unwanted = ("README.md", "pytorch_model.bin", "consolidated.safetensors", "original/model.safetensors", "run.py")
    files |= dict.fromkeys(unwanted, b"x")
    source = fetch(tmp_path)
    assert {p.name for p in source.folder.iterdir()} == {p.name for p in tiny.iterdir()}


def test_progress_ends_with_everything(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    progress = Progress()
    source = fetch(tmp_path, progress=progress)
    assert progress[-1] == (source.bytes, source.bytes)
    assert {total for _, total in progress} == {source.bytes}
    assert [done for done, _ in progress] == sorted(done for done, _ in progress)


def test_what_is_in_the_cache_needs_no_hub(
    hub: HubServer, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(NAME, tiny)
    first = fetch(tmp_path)
    hub.requests.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert fetch(tmp_path) == first
    assert check_source(ModelConfig(name=NAME), tmp_path).missing_bytes == 0
    assert hub.requests == []


def test_a_branch_that_moves_does_not_move_the_base(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    fetch(tmp_path)
    hub.add(NAME, tiny, commit=LATER_COMMIT)
    assert fetch(tmp_path).revision == COMMIT
    assert fetch(tmp_path, revision=LATER_COMMIT).revision == LATER_COMMIT


def test_naming_the_pinned_commit_fetches_nothing_anew(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    first = fetch(tmp_path)
    hub.requests.clear()
    assert fetch(tmp_path, revision=COMMIT) == first
    assert hub.requests == []


def test_checking_says_what_is_missing_and_fetches_no_weights(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    check = check_source(ModelConfig(name=NAME), tmp_path / "cache")
    assert check.missing_bytes == check.total_bytes > 200_000
    assert check.parameters == 104_448
    assert not hub.asked(WEIGHTS)
    assert not (tmp_path / "cache").exists()


# --- cuts and lies --------------------------------------------------------------------------------------------------


def test_a_cut_is_resumed_where_it_fell(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    hub.cuts[WEIGHTS] = [CUT, 50_000]
    fetch(tmp_path)
    ranges = [request.range for request in hub.asked(WEIGHTS) if request.host == "cdn"]
    assert ranges == [None, f"bytes={CUT}-", "bytes=150000-"]


def test_the_next_run_goes_on_where_the_network_was_lost(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    hub.cuts[WEIGHTS] = [CUT, 0, 0, 0, 0]
    with pytest.raises(HubUnreachable, match="what has arrived is kept"):
        fetch(tmp_path)
    assert check_source(ModelConfig(name=NAME), tmp_path).missing_bytes == (tiny / WEIGHTS).stat().st_size - CUT
    hub.requests.clear()
    fetch(tmp_path)
    assert [r.range for r in hub.asked(WEIGHTS) if r.host == "cdn"] == [f"bytes={CUT}-"]


def test_the_next_run_goes_on_where_a_process_was_killed(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    hub.cuts[WEIGHTS] = [CUT]
    hub.holds.clear()
    with subprocess.Popen([sys.executable, "-c", FETCH, NAME, str(tmp_path)]) as child:
        while not any(p.stat().st_size for p in tmp_path.rglob(f".{WEIGHTS}.arriving")):
            assert child.poll() is None
            time.sleep(0.02)
        child.kill()
    hub.holds.set()
    assert (fetch(tmp_path).folder / WEIGHTS).read_bytes() == (tiny / WEIGHTS).read_bytes()
    first, second = (request.range for request in hub.asked(WEIGHTS) if request.host == "cdn")
    assert first is None
    assert second is not None


def test_two_at_once_fetch_it_once(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(fetch, [tmp_path, tmp_path])
    assert first == second
    assert len([request for request in hub.asked(WEIGHTS) if request.host == "cdn"]) == 1


def test_a_server_that_ignores_ranges_is_read_from_the_start(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    hub.ignores_ranges = True
    hub.cuts[WEIGHTS] = [CUT]
    assert (fetch(tmp_path).folder / WEIGHTS).read_bytes() == (tiny / WEIGHTS).read_bytes()


def test_a_busy_hub_is_waited_for(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    hub.busy = 3
    assert fetch(tmp_path).parameters == 104_448
    assert hub.busy == 0


def test_a_hub_that_stays_busy_is_given_up(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    hub.busy = 99
    with pytest.raises(HubUnreachable, match="answered with status 503; run again later"):
        fetch(tmp_path)


@pytest.mark.parametrize("name", [WEIGHTS, "special_tokens_map.json"])
def test_content_with_another_digest_is_refused_and_removed(
    hub: HubServer, tiny: Path, tmp_path: Path, name: str
) -> None:
    hub.add(NAME, tiny)
    hub.served[name] = bytes((tiny / name).stat().st_size)
    with pytest.raises(BaseModelError, match=f"{name} arrived with another digest"):
        fetch(tmp_path)
    assert not [p for p in tmp_path.rglob(f"*{name}*") if p.is_file()]


def test_a_damaged_partial_file_costs_a_second_try_only(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    hub.cuts[WEIGHTS] = [CUT, 0, 0, 0, 0]
    with pytest.raises(BaseModelError):
        fetch(tmp_path)
    (partial,) = tmp_path.rglob(f".{WEIGHTS}.arriving")
    partial.write_bytes(bytes(CUT))
    assert (fetch(tmp_path).folder / WEIGHTS).read_bytes() == (tiny / WEIGHTS).read_bytes()


def test_a_file_lost_from_the_cache_is_fetched_again_alone(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    first = fetch(tmp_path)
    (first.folder / WEIGHTS).unlink()
    hub.requests.clear()
    assert fetch(tmp_path) == first
    assert hub.asked(WEIGHTS)
    assert not hub.asked("tokenizer.json")


# --- refusals -------------------------------------------------------------------------------------------------------


def test_a_gate_without_login_names_page_login_and_a_way_around(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(GATED, tiny, gated=True)
    words = refusal(tmp_path, GATED)
    assert "you are not logged in" in words
    for part in (f"{hub.address}/{GATED}", "`hf auth login`", "unsloth/Llama-3.2-3B-Instruct", "embedded:SmolLM2"):
        assert part in words


def test_a_gate_with_a_login_that_was_not_granted(
    hub: HubServer, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(GATED, tiny, gated=True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    words = refusal(tmp_path, GATED)
    assert "has not been granted access" in words
    assert f"{hub.address}/{GATED}" in words


def test_a_granted_login_fetches_and_never_reaches_the_second_host(
    hub: HubServer, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(GATED, tiny, gated=True, granted={TOKEN})
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    fetch(tmp_path, GATED)
    assert {request.token for request in hub.requests if request.host == "hub"} == {TOKEN}
    assert {request.token for request in hub.requests if request.host == "cdn"} == {None}


def test_an_invalid_login(hub: HubServer, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(NAME, tiny)
    monkeypatch.setenv("HF_TOKEN", "hf_expired")
    words = refusal(tmp_path)
    assert "does not accept your login" in words
    assert "hf_expired" not in words


def test_a_missing_repository_with_and_without_login(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "or is private and you are not logged in" in refusal(tmp_path)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert f"is not on {hub.address}" in refusal(tmp_path)


def test_a_missing_revision(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    hub.add(NAME, tiny)
    assert "has no revision 'v9'" in refusal(tmp_path, revision="v9")


def test_no_network(hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://name:{TOKEN}@127.0.0.1:{free.getsockname()[1]}")
        words = refusal(tmp_path)
    assert "is not in the cache" in words
    assert "cannot be reached (ConnectError)" in words


def test_offline_and_not_in_the_cache(hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE is set" in refusal(tmp_path)
    assert hub.requests == []


def test_a_name_that_is_none(hub: HubServer, tmp_path: Path) -> None:
    assert "neither a folder nor the name of a hub repository" in refusal(tmp_path, "a/b/c")


def test_what_cannot_be_trained_on_is_refused_before_its_weights_are_fetched(
    hub: HubServer, tiny: Path, tmp_path: Path
) -> None:
    files = hub.add(NAME, tiny).files
    files["config.json"] = b'{"architectures": ["LlamaForCausalLM"], "quantization": {"group_size": 64, "bits": 4}}'
    assert "at 4 bits already" in refusal(tmp_path)
    files["config.json"] = b'{"architectures": ["MistralForCausalLM"]}'
    assert "'MistralForCausalLM'" in refusal(tmp_path)
    del files[WEIGHTS]
    files["pytorch_model.bin"] = b""
    assert "can run code" in refusal(tmp_path)
    assert not hub.asked(WEIGHTS)
