"""How much faster are answers generated side by side than one by one, in MLX as the step `evaluate` does it?

SmolLM2-135M out of its package at 8 bits; prompts of the sample's rows, greedy answers. The same rows, model and
OpenBLAS for all, in one process, turn by turn: side by side, the same function one by one, and mlx-lm's own loop.
Seconds include the prompts. The machine must have nothing else to do.

python benchmarks/evaluate.py
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nyay_lib.base_model.embedded import make_embedded
from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.data.budget import Budget
from nyay_lib.data.chat import chat_line
from nyay_lib.data.records import Record, read_records
from nyay_lib.jobs import QuantizeBaseJob, finish, run_job
from nyay_lib.prompt import chat_format, user_turn

ROOT = Path(__file__).resolve().parents[1]
CONTENDER = ROOT / "benchmarks" / "contenders" / "answers.py"
ROWS, MAX_TOKENS, LENGTH, REPEATS = 8, 64, 384, 3
GOAL = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS, help="answers side by side")
    parser.add_argument("--max-tokens", type=int, default=MAX_TOKENS)
    parser.add_argument("--length", type=int, default=LENGTH, help="tokens of a prompt with its answer, at most")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--tiny", action="store_true", help="a random model instead, to try this script")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nyay-benchmark-") as name:
        folder = Path(name)
        (make_tiny if given.tiny else make_embedded)(folder / "f16")
        finish(run_job(QuantizeBaseJob(source=folder / "f16", target=folder / "base", bits=8), folder / "job"))
        write_chats(folder / "f16", folder / "chats.jsonl", given.length)
        spec = {"base": str(folder / "base"), "chats": str(folder / "chats.jsonl"), "rows": given.rows}
        spec |= {"max_tokens": given.max_tokens, "repeats": given.repeats}
        (folder / "spec.json").write_text(json.dumps(spec))
        print(json.dumps(figures(run(folder / "spec.json"), given.rows, given.max_tokens)))


def write_chats(model: Path, path: Path, length: int) -> None:
    """The sample's rows as conversations of at most so many tokens."""
    tokenizer = load_tokenizer(model)
    budget = Budget(tokenizer, chat_format(tokenizer.get_vocab()), length)
    lines: list[str] = []
    for row in read_records(ROOT / "data" / "sample" / "train.jsonl"):
        assert isinstance(row, Record)
        fitted = budget.fit(row.instruction, row.input, budget.answer_tokens(row.output))
        if fitted is not None:
            lines.append(chat_line(user_turn(row.instruction, fitted.source), row.output))
    path.write_text("".join(lines), encoding="utf-8")


def run(spec: Path) -> dict[str, Any]:
    """What the contender measured."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(CONTENDER), str(spec)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def figures(measured: dict[str, Any], rows: int, max_tokens: int) -> dict[str, Any]:
    """Medians of tokens a second, their spread, and the ratios of the medians."""
    repeats: list[dict[str, Any]] = measured["repeats"]
    speeds = {way: [one[way]["tokens"] / one[way]["seconds"] for one in repeats] for way in repeats[0]}
    medians = {way: statistics.median(speed) for way, speed in speeds.items()}
    first = repeats[0]
    pairs = zip(first["batched"]["answers"], first["one by one"]["answers"], strict=True)
    return {
        "ratio_sequential": medians["batched"] / medians["one by one"],
        "ratio_mlx_lm": medians["batched"] / medians["mlx-lm's loop"],
        "goal": GOAL,
        "tokens_per_second": medians,
        "spread": {way: [min(speed), max(speed)] for way, speed in speeds.items()},
        "same_answers": sum(batched == alone for batched, alone in pairs),
        "rows": rows,
        "max_tokens": max_tokens,
        "prompt_tokens": measured["prompt_tokens"],
        "repeats": len(repeats),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "mlx": version("mlx"),
        "mlx_lm": version("mlx-lm"),
    }


if __name__ == "__main__":
    main()
