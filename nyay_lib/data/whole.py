"""Validation rows as they were given: the whole judgment, of which the prompt may hold only a part.

Answers are held against these, since a reference may stand in the part that was left out.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from nyay_lib.data.records import Record, content
from nyay_lib.lines import json_line


def whole_line(record: Record) -> str:
    """One line of a file of whole records."""
    return json_line({"id": record.id} | content(record))


def read_whole(path: Path) -> Iterator[Record]:
    """The records of such a file, in the order of the chat file beside it."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            fields = json.loads(line)
            metadata = fields["metadata"]
            yield Record(**fields, cnr=metadata["cnr"], task_type=metadata["task_type"])
