"""make bench: every benchmark, one after another, and one table of what came: ours, the peer's, ratio, spread, goal.

Each script of benchmarks/ prints one JSON object as its last line. These are kept in cache/benchmarks/, and the table
takes the place of the one in docs/figures.md. With names only these benchmarks are run; with --table none is, and the
table is made of what is kept. The machine should have nothing else to do.

python deployments/bench.py [--table] [NAME ...]
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from nyay_lib.files import write_json, write_text
from nyay_lib.machine import this_machine
from nyay_lib.reports.page import grid, show

PROJECT = Path(__file__).resolve().parent.parent
KEPT = PROJECT / "cache" / "benchmarks"
FIGURES = PROJECT / "docs" / "figures.md"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: where its figures stand in what a script prints, with dots between the keys.

    ``goal`` is what ``figure`` is held against: at least so much, or at most.
    """

    script: str
    what: str
    figure: str
    at_least: float | None = None
    at_most: float | None = None
    ours: str = ""
    peer: str = ""
    spread: str = ""


LINES = (
    Line(
        "train",
        "training, tokens/s over mlx_lm.lora on the 8-bit base",
        "ratio_mlx_lm_8bit",
        at_least=5,
        ours="tokens_per_second.ours",
        spread="spread.ours",
    ),
    Line(
        "train",
        "training, tokens/s over mlx_lm.lora on the f32 base",
        "ratio_mlx_lm_f32",
        at_least=1.5,
        ours="tokens_per_second.ours",
        peer="tokens_per_second.mlx_lm_f32",
        spread="spread.mlx_lm_f32",
    ),
    Line(
        "train",
        "training, tokens/s over torch and peft in f32",
        "ratio_torch_f32",
        at_least=1.5,
        ours="tokens_per_second.ours",
        peer="tokens_per_second.torch_f32",
        spread="spread.torch_f32",
    ),
    Line(
        "train",
        "training, peak MiB over mlx_lm.lora f32",
        "peak_ratio_mlx_lm_f32",
        at_most=0.6,
        ours="peak_mib.ours",
        peer="peak_mib.mlx_lm_f32",
    ),
    Line("train", "training, share of the machine's f32 GEMM peak", "gemm_share", at_least=0.5),
    Line(
        "train",
        "training, nats that four steps take off held-out rows over mlx_lm.lora f32",
        "ratio_taken_off",
        at_least=1,
        ours="held_out_loss_taken_off.ours",
        peer="held_out_loss_taken_off.mlx_lm_f32",
        spread="held_out_loss_taken_off_by_seed.ours",
    ),
    Line("fullsize", "Llama 3.2 3B's shapes, 1 x 2,048: peak GiB", "peak_gib_3b", at_most=10),
    Line("fullsize", "the same: seconds a step", "seconds_per_step_3b"),
    Line("data", "8,000 records checked and compared: seconds", "seconds_8000", at_most=120, spread="spread"),
    Line("data", "ten times the records: times the seconds", "time_growth", at_most=11),
    Line("data", "ten times the records: times the peak memory", "memory_growth", at_most=1.3),
    Line(
        "evaluate",
        "answers, tokens/s side by side over one by one",
        "ratio_sequential",
        at_least=2,
        ours="tokens_per_second.batched",
        peer="tokens_per_second.one by one",
        spread="spread.batched",
    ),
    Line("export", "F16 file of Llama 3.2 3B's shapes: peak MiB", "writer_peak_mib", at_most=400),
    Line("export", "Q4_K_M of it: peak MiB", "quantize_peak_mib", at_most=1126.4),
    Line("export", "Q4_K_M of it: bytes", "q4_k_m_bytes", at_most=2.1e9),
    Line(
        "export",
        "SmolLM2 to F16, seconds of llama.cpp's converter over ours",
        "ratio_converter",
        ours="converter.seconds.ours",
        peer="converter.seconds.converter",
        spread="converter.spread.ours",
    ),
    Line("plan", "plan against what came: worst error of the peak memory", "memory_error", at_most=0.15),
    Line("plan", "plan against what came: worst error of the time", "time_error", at_most=0.30),
    Line("overhead", "the flow's seconds less its children's", "overhead_seconds", at_most=15),
)


def main() -> int:
    """0 when every benchmark that was run printed its figures, 1 when one did not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run; none: all")
    parser.add_argument("--table", action="store_true", help="run none")
    given = parser.parse_args()
    scripts = sorted(path.stem for path in (PROJECT / "benchmarks").glob("*.py"))
    if unknown := [name for name in given.names if name not in scripts]:
        parser.error(f"there is no benchmark {unknown[0]!r}: {', '.join(scripts)}")
    ran = [] if given.table else [run(name) for name in given.names or scripts]
    table = table_of(kept())
    write_text(FIGURES, placed(FIGURES.read_text(encoding="utf-8"), table))
    print(table)
    return 0 if all(ran) else 1


def run(name: str) -> bool:
    """Run a benchmark and keep what it printed; whether it did its work. Its progress is its own, on stderr."""
    print(f"benchmarks/{name}.py", file=sys.stderr, flush=True)
    command = [sys.executable, str(PROJECT / "benchmarks" / f"{name}.py")]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    last = (done.stdout.strip().splitlines() or [""])[-1]
    if done.returncode != 0 or not last.startswith("{"):
        print(f"benchmarks/{name}.py ended with {done.returncode}; its last figures stay", file=sys.stderr)
        return False
    machine = this_machine()
    about = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{machine.processor}, {machine.cores} cores, {machine.memory} GiB, {machine.device}",
    }
    write_json(KEPT / f"{name}.json", about | {"figures": json.loads(last)})
    return True


def kept() -> dict[str, Found]:
    """What is kept, by the names of the scripts."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(KEPT.glob("*.json"))}


# --- the table ------------------------------------------------------------------------------------------------------


def table_of(found: Mapping[str, Found]) -> str:
    """The table, and below it where and when each script ran."""
    rows = [row_of(line, found.get(line.script)) for line in LINES]
    return "\n\n".join([grid(rows), *wheres(found)])


def row_of(line: Line, found: Found | None) -> dict[str, str]:
    """A figure that is missing is NOT MEASURED, never met."""
    figures: Found = found["figures"] if found else {}
    figure = number(at(figures, line.figure))
    is_ratio = line.peer != "" or "ratio" in line.figure
    ours = number(at(figures, line.ours)) if line.ours else None if is_ratio else figure
    return {
        "what": line.what,
        "ours": told(ours),
        "peer": told(number(at(figures, line.peer)) if line.peer else None),
        "ratio": told(figure if is_ratio else None),
        "spread": spread(at(figures, line.spread) if line.spread else None),
        "goal": goal(line),
        "outcome": outcome(line, figure),
        "command": f"`benchmarks/{line.script}.py`",
    }


def at(figures: Found, path: str) -> Any:
    """What stands at a path, None where nothing does."""
    value: Any = figures
    for key in path.split("."):
        value = cast("Found", value).get(key) if isinstance(value, Mapping) else None
    return value


def number(value: Any) -> float | None:
    """A number, or the median of a list of them."""
    if many := numbers(value):
        return statistics.median(many)
    return value if isinstance(value, int | float) else None


def numbers(value: Any) -> list[float]:
    return cast("list[float]", value) if isinstance(value, list) else []


def told(value: float | None) -> str:
    return "" if value is None else show(value)


def spread(value: Any) -> str:
    """From the least to the most, or the share of the median that lies between."""
    if many := numbers(value):
        return f"{show(float(min(many)))} to {show(float(max(many)))}"
    return f"{value:.0%}" if isinstance(value, int | float) else ""


def goal(line: Line) -> str:
    if line.at_least is not None:
        return f"at least {show(line.at_least)}"
    return "" if line.at_most is None else f"at most {show(line.at_most)}"


def outcome(line: Line, figure: float | None) -> str:
    if figure is None:
        return "NOT MEASURED"
    if line.at_least is None and line.at_most is None:
        return ""
    met = figure >= line.at_least if line.at_least is not None else figure <= (line.at_most or 0.0)
    return "MET" if met else "MISSED"


def wheres(found: Mapping[str, Found]) -> Iterator[str]:
    """Machine and day of each script, those of one machine and day together."""
    same: dict[str, list[str]] = {}
    for name, one in found.items():
        same.setdefault(f"{one['machine']}, {one['date']}", []).append(name)
    for where, names in same.items():
        yield f"{', '.join(names)}: {where}."


def placed(page: str, table: str) -> str:
    """The page with the table between its marks."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n\n{table}\n\n{END}", page, flags=re.DOTALL)


if __name__ == "__main__":
    sys.exit(main())
