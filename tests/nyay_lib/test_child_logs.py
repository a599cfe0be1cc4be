"""The end of a child's log as a page: bounded, readable, and without secrets."""

import os
import time
from pathlib import Path

import pytest

from nyay_lib.child_logs import PAGE_BYTES, read_tails, readable, tail
from nyay_lib.redaction import HIDDEN, redacted
from nyay_lib.reports.logs import fenced, log_page


def child(run: Path, name: str, log: str) -> Path:
    folder = run / "jobs" / name
    folder.mkdir(parents=True)
    for file, text in (("job.json", "{}"), ("engine.log", log), ("events.jsonl", '{"type":"started"}\n')):
        (folder / file).write_text(text)
    return folder


def test_a_page_shows_every_process_that_began_since_and_stays_small(tmp_path: Path) -> None:
    earlier = child(tmp_path, "fuse/earlier", "long ago\n")
    os.utime(earlier / "job.json", (1, 1))
    child(tmp_path, "fuse/now", "a line of many\n" * 40_000 + "the last line\n")
    page = log_page("fuse", tmp_path, read_tails(tmp_path / "jobs/fuse", time.time() - 60))
    assert "the last line" in page.markdown and "long ago" not in page.markdown
    assert str(tmp_path / "jobs/fuse/now/engine.log") in page.markdown and "600.01 kB" in page.markdown
    assert len(page.markdown.encode()) < PAGE_BYTES + 2_000
    assert page.markdown.count("```text\na line of many\n") == 1, "the first line that is shown is whole"


def test_a_process_that_wrote_nothing_is_said_to_have(tmp_path: Path) -> None:
    child(tmp_path, "fuse", "")
    page = log_page("fuse", tmp_path, read_tails(tmp_path / "jobs/fuse", 0))
    assert "Nothing was written." in page.markdown and '{"type":"started"}' in page.markdown


def test_orders_to_a_terminal_and_lines_written_over_are_left_out() -> None:
    assert readable("\x1b[31mred\x1b[0m\r\n 1%\r 50%\r100%\nनमस्ते\x00\u202e\n") == "red\n100%\nनमस्ते"


def test_one_long_line_is_cut_at_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "engine.log").write_text("a" * 1000)
    assert tail(tmp_path / "engine.log", 100).text == "a" * 100


def test_no_mark_in_a_log_leaves_its_fence() -> None:
    assert fenced("```\n# heading\n````") == "`````text\n```\n# heading\n````\n`````"


@pytest.mark.parametrize(
    "text",
    [
        "token hf_abcdefghijklmnopqrstuvwx was refused",
        "GET https://anna:geheim@mirror.example/model",
        "Authorization: Bearer abc.def-ghi",
        "the key is 0123456789abcdef0123",
    ],
)
def test_secrets_are_hidden(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "0123456789abcdef0123")
    secrets = ("hf_abc", "geheim", "abc.def", "0123456789abcdef")
    assert HIDDEN in redacted(text) and not any(secret in redacted(text) for secret in secrets)


def test_the_login_of_the_hub_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "a-login-of-another-form")
    assert redacted("said a-login-of-another-form twice") == f"said {HIDDEN} twice"
    assert redacted("step 3 of 5, GIT_AUTHOR") == "step 3 of 5, GIT_AUTHOR"
