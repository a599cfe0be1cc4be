"""mlx_lm without what it imports and nobody here calls.

Tokenizers are read by the library of that name and files are fetched by the parent, but mlx_lm imports transformers and
the hub's client all the same. That is two thirds of the time in which a child starts, and a run starts a dozen.
"""

import sys
from types import ModuleType

LEFT_OUT = {
    "transformers": ("AutoTokenizer", "PreTrainedTokenizer", "PreTrainedTokenizerFast"),
    "transformers.tokenization_utils_base": ("PreTrainedTokenizerBase",),
    "huggingface_hub": ("snapshot_download",),
}


class Absent:
    """Stands for a class or function of a module that is left out: it can be named, and no object can be made of it."""

    def __new__(cls) -> "Absent":
        raise NotImplementedError("left out of a child process: see nyay_lib.engine.lean")

    @classmethod
    def register(cls, *_: object, **__: object) -> None:
        """mlx_lm makes a tokenizer of its own known while it is imported."""


def leave_out() -> None:
    """For this process, before mlx_lm is imported; what is there already stays."""
    if any(name in sys.modules for name in LEFT_OUT):
        return
    for name, names in LEFT_OUT.items():
        module = ModuleType(name, doc="Left out: see nyay_lib.engine.lean.")
        module.__path__ = []  # what is imported of it is looked for in sys.modules alone
        module.__dict__.update(dict.fromkeys(names, Absent))
        sys.modules[name] = module
