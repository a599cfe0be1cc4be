"""Where the model card lies: in the run, and beside the weights that it tells of."""

from nyay_lib.files import write_text
from nyay_lib.runs import RunDir

NOTICE = "Notice"
# Written after the weights, and again when more is known.
CARDS = ("README.md", NOTICE)


def write_card(run: RunDir, text: str, notice: str | None) -> None:
    """Write the card, and the notice that the base's licence wants, to the run and beside its merged weights."""
    for card in run.cards:
        if card.parent.is_dir():
            write_text(card, text)
            if notice:
                write_text(card.with_name(NOTICE), notice)


def has_card(run: RunDir) -> bool:
    """Whether the merged weights have one."""
    return run.cards[1].exists()
