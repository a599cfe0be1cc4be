"""What jobs and events have in common: they never change, and an unknown key is refused."""

import pydantic


class Frozen(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", protected_namespaces=())
