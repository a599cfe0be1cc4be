"""Records with a field that is missing, of a wrong type, empty, or not what it should be."""

import json
from collections.abc import Callable

from data.sample.generator.faults.planting import Form, field, metadata


def _cnr(change: Callable[[str], str]) -> Form:
    return lambda p: p.with_metadata(cnr=change(p.row["metadata"]["cnr"]))


MISSING_FIELD: dict[str, Form] = {
    "no_output": lambda p: p.without("output"),
    "no_instruction": lambda p: p.without("instruction"),
    "no_metadata": lambda p: p.without("metadata"),
    "no_cnr": lambda p: p.without_metadata("cnr"),
    "no_task_type": lambda p: p.without_metadata("task_type"),
    "response_for_output": lambda p: p.without("output") | {"response": p.row["output"]},
    "cnr_outside_metadata": lambda p: p.without_metadata("cnr") | {"cnr": p.row["metadata"]["cnr"]},
    "capital_keys": lambda p: {key.capitalize(): value for key, value in p.row.items()},
}
WRONG_TYPE: dict[str, Form] = {
    "output_list": lambda p: p.row | {"output": p.row["output"].split(". ")},
    "output_number": field("output", 1),
    "output_parts": lambda p: p.row | {"output": {"text": p.row["output"], "score": 0.93}},
    "instruction_turns": lambda p: p.row | {"instruction": [{"role": "user", "content": p.row["instruction"]}]},
    "input_paragraphs": lambda p: p.row | {"input": p.row["input"].split("\n\n")},
    "metadata_text": lambda p: p.row | {"metadata": json.dumps(p.row["metadata"], ensure_ascii=False)},
    "metadata_list": lambda p: p.row | {"metadata": [p.row["metadata"]]},
    "cnr_number": metadata("cnr", 30212662025),
    "task_list": lambda p: p.with_metadata(task_type=[p.row["metadata"]["task_type"]]),
}
EMPTY_FIELD: dict[str, Form] = {
    "output": field("output", ""),
    "output_blanks": field("output", "   \n\t "),
    "output_hard_blank": field("output", "\u00a0\u00a0"),
    "instruction": field("instruction", ""),
    "instruction_newline": field("instruction", "\n"),
    "cnr": metadata("cnr", ""),
    "task_type": metadata("task_type", " "),
}
UNKNOWN_TASK: dict[str, Form] = {
    name: metadata("task_type", name)
    for name in ("sentiment", "summarisation", "ner", "outcome-analysis", "question_answering", "translation", "task_3")
}
BAD_CNR: dict[str, Form] = {
    "too_short": _cnr(lambda cnr: cnr[:-1]),
    "too_long": _cnr(lambda cnr: cnr + "1"),
    "serial_of_zeros": _cnr(lambda cnr: f"{cnr[:6]}000000{cnr[-4:]}"),
    "year_long_past": _cnr(lambda cnr: f"{cnr[:12]}1897"),
    "year_to_come": _cnr(lambda cnr: f"{cnr[:12]}2097"),
    "letter_in_serial": _cnr(lambda cnr: f"{cnr[:8]}O{cnr[9:]}"),
    "figures_for_court": _cnr(lambda cnr: f"1204{cnr[4:]}"),
    "case_number": lambda p: p.with_metadata(cnr=p.case.facts["caseno"]),
    "placeholder": metadata("cnr", "N/A"),
    "year_first": _cnr(lambda cnr: cnr[-4:] + cnr[:-4]),
}
