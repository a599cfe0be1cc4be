"""The most that a run took on disk is on record, also of what is gone again."""

import time
from pathlib import Path

from nyay_lib.config import PathsConfig, PipelineConfig
from nyay_lib.disk_use import size_of, use_of, watch_disk
from nyay_lib.runs import RunDir


def test_the_peak_is_seen_while_it_lasts_and_kept(tmp_path: Path) -> None:
    config = PipelineConfig(paths=PathsConfig(runs=tmp_path / "runs", cache=tmp_path / "cache"))
    run = RunDir.at(config.paths.runs, "one")
    run.open(config)
    config.paths.cache.mkdir()
    (config.paths.cache / "base").write_bytes(bytes(5000))
    watch_disk(config, run)
    (run.root / "large").write_bytes(bytes(100_000))
    time.sleep(1.2)
    (run.root / "large").unlink()
    use = use_of(config, run)
    assert 100_000 <= use.peak < 101_000 and use.before >= 5000
    assert use_of(config, run) == use


def test_links_and_what_vanishes_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(10))
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    assert size_of(tmp_path) == 10 and size_of(tmp_path / "nothing") == 0
