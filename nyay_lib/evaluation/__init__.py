"""What a model is worth: loss, overlap with the reference answers, speed, and the verdict on a release."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nyay_lib.evaluation.grounding import Grounding, check_grounding

__all__ = ["Grounding", "check_grounding"]


def __getattr__(name: str) -> object:
    """Grounding on first use: the patterns of the law take most of a second to compile, and few need them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nyay_lib.evaluation import grounding

    return getattr(grounding, name)
