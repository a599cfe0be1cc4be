"""Records of a case that came before: the same row in another dress, and a further task of a case in validation."""

import json
from collections.abc import Callable

from data.sample.generator.faults.planting import Form, Planting
from data.sample.generator.records import Row, encode
from data.sample.generator.tasks import TASKS


def _same(p: Planting) -> Row:
    return p.repeated().row


def _changed(field: str, change: Callable[[str], str]) -> Form:
    def plant(p: Planting) -> Row:
        row = p.repeated().row
        return row | {field: change(row[field])}

    return plant


def _respaced(text: str) -> str:
    return "  ".join(text.split(" ")).replace("\n\n", " \n \n\n")


def _sibling(p: Planting) -> Row:
    case = p.repeated().case
    return p.take(case, next(task for task in TASKS if task not in case.tasks))


DUPLICATE: dict[str, Form] = {
    "same_bytes": _same,
    "other_key_order": lambda p: dict(reversed(_same(p).items())),
    "escaped_letters": lambda p: encode(_same(p), ascii=True),
    "more_blanks": _changed("input", _respaced),
    "hard_blanks": _changed("output", lambda text: text.replace(" ", "\u00a0")),
    "windows_newlines": _changed("input", lambda text: text.replace("\n", "\r\n")),
    "compact": lambda p: json.dumps(_same(p), ensure_ascii=False, separators=(",", ":")).encode(),
}
SIBLING: dict[str, Form] = {"another_task": _sibling}
