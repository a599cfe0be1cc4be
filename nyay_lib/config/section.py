"""A group of settings, as a file, a form and a flow's parameter know it."""

from typing import Annotated

import pydantic
from pydantic import Field

Ratio = Annotated[float, Field(ge=0.0, le=1.0)]


def _heading(section: type) -> str:
    """What a form calls a group of settings: the name of its class, without what all have in common."""
    return section.__name__.removesuffix("Config")


class Section(pydantic.BaseModel):
    """A group of settings: frozen, and an unknown key is refused."""

    model_config = pydantic.ConfigDict(
        frozen=True, extra="forbid", protected_namespaces=(), model_title_generator=_heading
    )
