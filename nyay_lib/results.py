"""What a step returns: a frozen record of paths, digests and counts that survives a round trip through JSON."""

from pathlib import Path
from typing import Self

import pydantic

from nyay_lib.files import write_text


class Result(pydantic.BaseModel):
    """Base of every step's result.

    ``inputs`` is the digest of all that went into the step. A result that is found on disk with the same digest is
    handed out again and says so in ``reused``.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    inputs: str
    seconds: float = 0.0
    reused: bool = False

    def save(self, path: Path) -> Self:
        """Write the result to ``path``; it is a step's last file, so its presence means complete."""
        write_text(path, self.model_dump_json(indent=2) + "\n")
        return self

    @classmethod
    def reuse(cls, path: Path, inputs: str) -> Self | None:
        """The result at ``path`` if it was made from the same inputs, else None."""
        try:
            found = cls.model_validate_json(path.read_bytes())
        except (FileNotFoundError, pydantic.ValidationError):
            return None
        return found.model_copy(update={"reused": True}) if found.inputs == inputs else None
