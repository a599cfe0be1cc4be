"""Greedy answers in MLX: side by side, one by one, and by mlx-lm's own loop. ``python answers.py spec.json``."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nyay_lib.engine import device

device.prepare()  # before MLX is imported: a BLAS loaded later would not be found

import mlx.core as mx  # noqa: E402
from mlx_lm.generate import generate_step  # noqa: E402

from nyay_lib.engine.batches import Row, read_rows  # noqa: E402
from nyay_lib.engine.greedy import answer_tokens  # noqa: E402
from nyay_lib.engine.model import LoadedModel, load  # noqa: E402

Answer = Callable[[Sequence[Row]], list[list[int]]]


def main() -> None:
    spec: dict[str, Any] = json.loads(Path(sys.argv[1]).read_bytes())
    loaded = load(Path(spec["base"]))
    loaded.model.eval()
    rows = read_rows(Path(spec["chats"]), loaded)[: spec["rows"]]
    ways: dict[str, Answer] = {
        "batched": lambda rows: answer_tokens(loaded, rows, spec["max_tokens"]),
        "one by one": lambda rows: [answer_tokens(loaded, [row], spec["max_tokens"])[0] for row in rows],
        "mlx-lm's loop": lambda rows: [by_mlx_lm(loaded, row, spec["max_tokens"]) for row in rows],
    }
    for answer in ways.values():
        answer(rows[:2])
    measured = [{name: timed(answer, rows) for name, answer in ways.items()} for _ in range(spec["repeats"])]
    print(json.dumps({"repeats": measured, "prompt_tokens": sum(row.prompt_length for row in rows)}))


def timed(answer: Answer, rows: Sequence[Row]) -> dict[str, Any]:
    """Tokens that were generated and seconds, prompts included, and the tokens themselves."""
    start = time.perf_counter()
    answers = answer(rows)
    return {"seconds": time.perf_counter() - start, "tokens": sum(map(len, answers)), "answers": answers}


def by_mlx_lm(loaded: LoadedModel, row: Row, max_tokens: int) -> list[int]:
    """mlx-lm's generation of one answer."""
    prompt = mx.array(list(row.tokens[: row.prompt_length]))
    tokens: list[int] = []
    for token, _ in generate_step(prompt, loaded.model, max_tokens=max_tokens):
        if int(token) in loaded.eos:
            break
        tokens.append(int(token))
    return tokens


if __name__ == "__main__":
    main()
