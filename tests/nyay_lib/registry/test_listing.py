"""The list of releases, and what was live when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nyay_lib.config import PathsConfig, PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.registry.journal import Entry, Event, append, journal_of
from nyay_lib.registry.listing import live_at, releases
from nyay_lib.reports.releases import live_text, releases_text

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.fixture
def here(tmp_path: Path) -> PipelineConfig:
    """Three promotions, a refusal and a rollback, at noon in Kolkata but for the last."""
    config = PipelineConfig(paths=PathsConfig(models=tmp_path / "models"))
    told: list[tuple[Event, str, datetime]] = [
        ("registered", "a", noon(1)),
        ("promoted", "a", noon(1)),
        ("promoted", "b", noon(3)),
        ("refused", "x", noon(4)),
        ("promoted", "c", noon(5)),
        ("restored", "b", noon(5) + timedelta(hours=11, minutes=45)),
    ]
    for event, run_id, time in told:
        reasons = {"refused": ["loss MISSED: 2 is not below 1"], "restored": ["invents sections"]}.get(event, [])
        more = {"passed": event != "refused", "reasons": reasons, "time": time}
        append(journal_of(config), Entry(event=event, run_id=run_id, tag=f"n:{run_id}", sha256=run_id * 64, **more))
    return config


def noon(day: int) -> datetime:
    return datetime(2025, 11, day, 12, tzinfo=KOLKATA).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2025-10-31", []),
        ("2025-11-01", ["a"]),
        ("2025-11-02", ["a"]),
        ("2025-11-03", ["a", "b"]),
        ("2025-11-05", ["b", "c", "b"]),
        ("2025-11-06", ["b"]),
        ("2025-11-01T11:59", []),
        ("2025-11-03 12:00", ["b"]),
        ("2025-11-03T06:29:59Z", ["a"]),
        ("2025-11-03T06:30:00+00:00", ["b"]),
        ("2025-11-05T23:44", ["c"]),
        (None, ["b"]),
    ],
)
def test_what_served_then(here: PipelineConfig, at: str | None, found: list[str]) -> None:
    assert [period.entry.run_id for period in live_at(here, at)] == found


@pytest.mark.parametrize(("at", "words"), [("yesterday", "is no date or time"), ("2999-01-01", "still to come")])
def test_what_is_no_moment_of_the_past_is_refused(here: PipelineConfig, at: str, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        live_at(here, at)


def test_times_are_told_in_the_zone_of_the_configuration(here: PipelineConfig) -> None:
    text = live_text(live_at(here, "2025-11-03"), KOLKATA)
    span = "from 2025-11-03 12:00:00 IST to 2025-11-05 12:00:00 IST"
    assert text.splitlines()[1] == f"b  n:b  sha256 bbbbbbbbbbbb  {span}"


def test_each_release_has_its_state_verdict_and_reasons(here: PipelineConfig) -> None:
    found = {one.run_id: one for one in releases(here)}
    assert list(found) == ["c", "x", "b", "a"]
    assert {run_id: one.state for run_id, one in found.items()} == {
        "c": "rolled back",
        "x": "refused",
        "b": "in production",
        "a": "before production",
    }
    assert found["x"].verdict == "held back" and found["x"].reasons == ["loss MISSED: 2 is not below 1"]
    assert found["c"].reasons == ["invents sections"] and len(found["b"].live) == 2


def test_the_list_is_for_reading(here: PipelineConfig) -> None:
    lines = releases_text(releases(here), KOLKATA).splitlines()
    assert lines[0].split() == ["run", "state", "verdict", "sha256", "tag", "in", "production"]
    assert lines[1].startswith("c    rolled back") and lines[2] == "    invents sections"
    assert lines[-1].endswith("2025-11-01 12:00:00 IST to 2025-11-03 12:00:00 IST")
    assert releases_text([], KOLKATA) == "nothing has been released yet"
