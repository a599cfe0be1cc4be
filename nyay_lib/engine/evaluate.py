"""Loss and greedy answers of the base model, with or without an adapter."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nyay_lib.config import LoraConfig
from nyay_lib.engine.batches import Row, completion_tokens, read_rows
from nyay_lib.engine.greedy import answer_tokens
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.loss import mean_loss
from nyay_lib.engine.model import LoadedModel, attach_lora, load, load_adapter
from nyay_lib.engine.pace import Pace
from nyay_lib.jobs import Emit, EvaluateJob, Progress
from nyay_lib.lines import appending, read_lines


def evaluate(job: EvaluateJob, emit: Emit) -> Mapping[str, Any]:
    """Loss over the whole validation set; answers to the chosen rows, appended to ``job.answers`` as they come.

    A job that was interrupted goes on with the rows that have no answer yet.
    """
    loaded = load(job.base)
    if job.adapter is not None:
        with_adapter(loaded.model, job.adapter)
    loaded.model.eval()
    rows = read_rows(job.validation, loaded)
    emit(Progress(done=0, total=len(job.rows), what="loss"))
    loss = mean_loss(loaded.model, rows, job.batch_size, Lanes())
    answer_rows(job, loaded, [rows[row] for row in job.rows], emit)
    return {"loss": loss, "rows": len(rows), "completion_tokens": completion_tokens(rows)}


def with_adapter(model: Any, adapter: Path) -> None:
    """Attach a trained adapter as its own configuration describes it."""
    parameters = json.loads((adapter / "adapter_config.json").read_text())["lora_parameters"]
    targets = tuple(sorted({key.split(".")[-1] for key in parameters["keys"]}))
    rank, alpha = parameters["rank"], parameters["scale"] * parameters["rank"]
    attach_lora(model, LoraConfig(rank=rank, alpha=alpha, dropout=0.0, target_modules=targets))
    load_adapter(model, adapter)


def answer_rows(job: EvaluateJob, loaded: LoadedModel, rows: Sequence[Row], emit: Emit) -> None:
    """Generate what is missing, a batch at a time, each batch safe on disk before the next begins.

    The batches are the same wherever an earlier try was killed: neighbours move the last bits of a sum.
    """
    answered = {answer["row"] for answer in read_lines(job.answers)}
    pace = Pace(emit, "answers", len(answered), len(rows))
    with appending(job.answers) as append:
        for start in range(0, len(rows), job.batch_size):
            batch = rows[start : start + job.batch_size]
            if missing := {row.index for row in batch} - answered:
                append(answer for answer in generate(loaded, batch, job.max_tokens) if answer["row"] in missing)
                pace.step(len(missing))


def generate(loaded: LoadedModel, rows: Sequence[Row], max_tokens: int) -> list[dict[str, Any]]:
    """Greedy answers to the rows' prompts, generated side by side. Seconds are the batch's, shared evenly."""
    start = time.perf_counter()
    answers = answer_tokens(loaded, rows, max_tokens)
    seconds = (time.perf_counter() - start) / len(rows)
    return [
        {"row": row.index, "text": loaded.tokenizer.decode(tokens).strip(), "tokens": len(tokens), "seconds": seconds}
        for row, tokens in zip(rows, answers, strict=True)
    ]
