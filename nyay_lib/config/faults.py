"""What pydantic finds wrong with a configuration, in words."""

import difflib
from typing import Any

import pydantic

from nyay_lib.config.pipeline import PipelineConfig


def describe_fault(fault: dict[str, Any]) -> str:
    """A pydantic fault in words: what is wrong, the value, and for an unknown key the nearest known one."""
    if fault["type"] != "extra_forbidden":
        return f"{fault['msg']}, not {fault['input']!r}" if fault["loc"] else str(fault["msg"])
    *parents, key = (str(part) for part in fault["loc"])
    near = difflib.get_close_matches(key, _keys_of(parents), n=1, cutoff=0.5)
    return "unknown key" + (f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(_keys_of(parents))}")


def _keys_of(parents: list[str]) -> list[str]:
    """The keys that a section knows."""
    model: type[pydantic.BaseModel] = PipelineConfig
    for name in parents:
        annotation = model.model_fields[name].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel)):
            return []
        model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
