"""What the licence of a base model asks of whoever hands on a model that was made from it."""

from collections.abc import Mapping
from dataclasses import dataclass

RESERVED = "Copyright © Meta Platforms, Inc. All Rights Reserved."


@dataclass(frozen=True, slots=True)
class NamingDuty:
    """``badge`` must be displayed, names must begin with ``prefix``, copies must carry ``notice``.

    Source: the licence's section 1.b, "Redistribution and Use".
    """

    licence: str
    page: str
    badge: str
    prefix: str
    notice: str

    def named(self, name: str) -> str:
        """The name under which the model may be handed on."""
        return name if name.lower().startswith(self.prefix.lower()) else f"{self.prefix}-{name}".replace(" ", "-")


def _llama(version: str) -> NamingDuty:
    licence = f"Llama {version} Community License"
    page = f"https://www.llama.com/llama{version.replace('.', '_')}/license/"
    notice = f"Llama {version} is licensed under the {licence}, {RESERVED}"
    return NamingDuty(licence, page, "Built with Llama", "Llama", notice)


# By the hub's name of the licence.
DUTIES: Mapping[str, NamingDuty] = {
    **{f"llama{version}": _llama(version) for version in ("3.1", "3.2", "3.3")},
    "llama3": NamingDuty(
        "Meta Llama 3 Community License",
        "https://www.llama.com/llama3/license/",
        "Built with Meta Llama 3",
        "Llama 3",
        f"Meta Llama 3 is licensed under the Meta Llama 3 Community License, {RESERVED}",
    ),
}
