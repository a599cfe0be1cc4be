"""Greedy answers of a model in MLX, generated side by side."""

from collections.abc import Sequence

from mlx_lm.generate import BatchGenerator

from nyay_lib.engine.batches import Row
from nyay_lib.engine.model import LoadedModel


def answer_tokens(loaded: LoadedModel, rows: Sequence[Row], max_tokens: int) -> list[list[int]]:
    """The tokens of an answer to each row's prompt, without the one that ends it; the model must be in evaluation."""
    prompts = [list(row.tokens[: row.prompt_length]) for row in rows]
    generator = BatchGenerator(loaded.model, max_tokens=max_tokens, stop_tokens=[[token] for token in loaded.eos])
    answers: dict[int, list[int]] = {uid: [] for uid in generator.insert(prompts)}
    while responses := generator.next_generated():
        for response in responses:
            if response.finish_reason != "stop":
                answers[response.uid].append(response.token)
    generator.close()
    return list(answers.values())
