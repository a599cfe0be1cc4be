"""A plan before the base is on disk: nothing is downloaded, and what is not known is assumed and said to be."""

import re
from pathlib import Path

import psutil
from tokenizers import Tokenizer

from nyay_lib.base_model import SourceCheck, check_source
from nyay_lib.base_model.fetch import kind_of
from nyay_lib.base_model.on_disk import find_tokenizer
from nyay_lib.base_model.weights import F16_BYTES
from nyay_lib.config import ModelConfig, PipelineConfig
from nyay_lib.data.budget import Budget
from nyay_lib.data.records import Record, read_records
from nyay_lib.disk import base_bytes, checkpoint_bytes, parameters
from nyay_lib.errors import BaseModelError, DataError
from nyay_lib.machine import this_machine
from nyay_lib.planning.assumed import assumed
from nyay_lib.planning.outlook import Outlook
from nyay_lib.planning.plan import Plan
from nyay_lib.planning.planner import draw_up
from nyay_lib.planning.workload import PlannedRow
from nyay_lib.prompt import chat_format

# As in Llama-3.2-3B or SmolLM2-135M.
SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)([BM])(?![A-Za-z])")
UNITS = {"B": 1e9, "M": 1e6}


def is_on_disk(config: PipelineConfig) -> bool:
    """Whether the base can be prepared without a download."""
    if kind_of(config.model) != "hub":
        return True
    from nyay_lib.base_model.from_hub import cached_hub

    return cached_hub(config.model, config.paths.cache) is not None


def plan_unprepared(config: PipelineConfig) -> Plan:
    """The plan from parameters and records as they lie. Raises DataError, and BaseModelError for a base of no known
    size."""
    source, size_of = _source(config)
    name, tokenizer = find_tokenizer(config.model, config.paths.cache)
    machine, count = this_machine(), parameters(source)
    outlook = Outlook(
        config=config,
        rows=planned_rows(config.data.train, tokenizer, config.training.max_seq_length),
        validation=planned_rows(config.data.validation, tokenizer, config.training.max_seq_length),
        costs=assumed(machine, count, base_bytes(config, count), checkpoint_bytes(config, count)),
        machine=machine,
        device=machine.device,
        parameters=count,
        memory_free=psutil.virtual_memory().available,
        calibrated=False,
        assumptions=(
            f"not calibrated: {config.model.name} is not on this disk and is not downloaded for a plan; speed and "
            f"memory are assumed from {count / 1e9:.2f} billion parameters ({size_of})",
            f"records are not examined; their tokens are those of {name}",
        ),
    )
    return draw_up(outlook, "", source)[0]


def _source(config: PipelineConfig) -> tuple[SourceCheck, str]:
    """The size of the base as the hub lists it, else as its name says."""
    try:
        return check_source(config.model, config.paths.cache), "as the hub lists it"
    except BaseModelError as error:
        count = named_size(config.model)
        if count is None:
            raise BaseModelError(f"{error}; without it, nothing is known of the size of the model") from error
        bytes_ = F16_BYTES * count
        return SourceCheck(missing_bytes=bytes_, total_bytes=bytes_, parameters=count), "by its name"


def named_size(model: ModelConfig) -> int | None:
    """Parameters, if the model's name tells them: 3B, 135M."""
    found = SIZE.search(model.name.rpartition("/")[2].replace("-", " "))
    return round(float(found[1]) * UNITS[found[2]]) if found else None


def planned_rows(path: Path, tokenizer: Tokenizer, limit: int) -> tuple[PlannedRow, ...]:
    """The readable records of a file with their tokens, those that are too long shortened."""
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; data.train and data.validation name the records")
    records = [record for record in read_records(path) if isinstance(record, Record)]
    if not records:
        raise DataError(f"{path}: holds no readable row")
    budget = Budget(tokenizer, chat_format(tokenizer.get_vocab()), limit)
    rows: list[PlannedRow] = []
    for place, record in enumerate(records):
        whole = budget.row_tokens(record.instruction, record.input, record.output)
        answer, lost = budget.answer_tokens(record.output), max(0, whole - limit)
        rows.append(PlannedRow(place, whole - lost, min(answer, limit - 1), lost, record.task_type))
    return tuple(rows)
