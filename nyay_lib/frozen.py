"""What all values have in common that are written down or handed on: they never change, and no key is unknown."""

import pydantic


class Frozen(pydantic.BaseModel):
    """A value that never changes; an unknown key is refused."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", protected_namespaces=())
