"""The table of `make bench`: goals are met or missed by what was measured, and by nothing else."""

import importlib.util
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("bench", PROJECT / "deployments" / "bench.py")
assert spec is not None and spec.loader is not None
bench = sys.modules["bench"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)

TRAIN = {
    "ratio_mlx_lm_f32": 3.48,
    "ratio_torch_f32": 1.17,
    "peak_ratio_mlx_lm_f32": 0.576,
    "gemm_share": 0.293,
    "tokens_per_second": {"ours": [400.0, 420.0, 410.0], "mlx_lm_f32": [118.0, 117.0, 121.0], "torch_f32": [350.0]},
    "spread": {"ours": 0.05, "mlx_lm_f32": 0.034, "torch_f32": 0.0},
    "peak_mib": {"ours": 1200, "mlx_lm_f32": 2083},
}
EXPORT = {"q4_k_m_bytes": 2_014_395_488, "ratio_converter": None, "converter": "torch is not installed"}
FOUND = {
    "train": {"date": "2026-11-26", "machine": "Xeon, 2 cores", "figures": TRAIN},
    "export": {"date": "2026-11-26", "machine": "Xeon, 2 cores", "figures": EXPORT},
}


def line(what: str) -> dict[str, str]:
    rows = [bench.row_of(one, FOUND.get(one.script)) for one in bench.LINES]
    return next(row for row in rows if what in row["what"])


@pytest.mark.parametrize(
    ("what", "ours", "peer", "ratio", "outcome"),
    [
        ("mlx_lm.lora on the f32 base", "410", "118", "3.48", "MET"),
        ("torch and peft", "410", "350", "1.17", "MISSED"),
        ("peak MiB over mlx_lm.lora", "1,200", "2,083", "0.576", "MET"),
        ("GEMM peak", "0.293", "", "", "MISSED"),
        ("Q4_K_M of it: bytes", "2,014,395,488", "", "", "MET"),
        ("on the 8-bit base", "410", "", "", "NOT MEASURED"),
        ("llama.cpp's converter", "", "", "", "NOT MEASURED"),
        ("side by side over one by one", "", "", "", "NOT MEASURED"),
    ],
)
def test_a_line_of_the_table(what: str, ours: str, peer: str, ratio: str, outcome: str) -> None:
    row = line(what)
    assert (row["ours"], row["peer"], row["ratio"], row["outcome"]) == (ours, peer, ratio, outcome)


def test_spread_and_goal_stand_beside_and_the_machine_below() -> None:
    assert (line("f32 base")["spread"], line("f32 base")["goal"]) == ("3%", "at least 1.5")
    assert bench.spread([1.0, 1.5]) == "1 to 1.5"
    assert bench.table_of(FOUND).endswith("train, export: Xeon, 2 cores, 2026-11-26.")


def test_the_table_takes_the_place_of_the_one_before() -> None:
    page = (PROJECT / "docs" / "figures.md").read_text()
    once = bench.placed(page, bench.table_of(FOUND))
    assert "| 3.48 |" in once and bench.placed(once, bench.table_of(FOUND)) == once
    assert once.replace(bench.table_of(FOUND), "").startswith(page[: page.index(bench.BEGIN)])


def test_every_benchmark_has_a_line() -> None:
    scripts = {path.stem for path in (PROJECT / "benchmarks").glob("*.py")}
    assert scripts <= {line.script for line in bench.LINES}
