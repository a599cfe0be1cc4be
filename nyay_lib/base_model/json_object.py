"""JSON objects that come with a model: read, or refused in words."""

from pathlib import Path
from typing import Any

import pydantic

from nyay_lib.errors import BaseModelError

OBJECT = pydantic.TypeAdapter(dict[str, Any])


def read_object(path: Path) -> dict[str, Any]:
    """The object in ``path``. Raises BaseModelError if it cannot be read or is no JSON object."""
    try:
        return parse_object(str(path), path.read_bytes())
    except OSError as error:
        raise BaseModelError(f"{path}: cannot be read ({error.strerror}); fetch the model again") from error


def parse_object(name: str, content: bytes) -> dict[str, Any]:
    """The object in ``content``, that ``name`` tells the user apart by. Raises BaseModelError if it is none."""
    try:
        return OBJECT.validate_json(content)
    except pydantic.ValidationError as error:
        raise BaseModelError(f"{name}: is not a JSON object ({content[:40]!r}); fetch the model again") from error
