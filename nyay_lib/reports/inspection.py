"""An inspection of records as tables for the terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from nyay_lib.data.inspection import Inspection
from nyay_lib.data.records import QUARANTINES, REJECTS, Reason

LEAKS_SHOWN = 10
DETAIL_LETTERS = 160


def inspection_tables(found: Inspection) -> Iterator[Table | Text]:
    """Counts by reason with two examples each, the leaks, what limits of tokens keep, then one line that sums it up.

    What rows say is never read as markup.
    """
    if found.tally.reasons:
        yield _reasons(found)
    if found.leaks:
        yield _leaks(found)
    if found.tally.accepted:
        yield _rooms(found)
    yield Text(_sentence(found))


def _reasons(found: Inspection) -> Table:
    table = Table("reason", "", "rows", "examples", show_lines=True)
    kinds: tuple[tuple[str, tuple[Reason, ...]], ...] = (("rejected", REJECTS), ("quarantined", QUARANTINES))
    for kind, reasons in kinds:
        for reason in reasons:
            if count := found.tally.reasons[reason]:
                table.add_row(reason, kind, f"{count:,}", _examples(found, reason))
    return table


def _examples(found: Inspection, reason: Reason) -> Text:
    lines = (f"{fault.id}: {_printable(fault.detail)}" for fault in found.tally.examples[reason])
    return Text("\n".join(lines))


def _printable(detail: str) -> str:
    """The detail in one line, without what a terminal would take for orders."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in detail)[:DETAIL_LETTERS]


def _leaks(found: Inspection) -> Table:
    table = Table("training row", "validation row", title=f"{len(found.leaks):,} leaks")
    for training, validation in found.leaks[:LEAKS_SHOWN]:
        table.add_row(Text(training), Text(validation))
    return table


def _rooms(found: Inspection) -> Table:
    table = Table("tokens a row", "rows shortened", "tokens kept", "tokens lost", "cost", title="Length")
    for room in found.rooms:
        cells = (f"{room.shortened_share:.1%}", f"{room.kept:,}", f"{room.lost:,}", f"{room.cost:.2f}")
        table.add_row(f"{room.limit:,}", *cells)
    return table


def _sentence(found: Inspection) -> str:
    rejected = sum(found.tally.reasons[reason] for reason in REJECTS)
    quarantined = sum(found.tally.reasons[reason] for reason in QUARANTINES)
    masked = sum(found.tally.masked.values())
    return (
        f"{found.tally.rows:,} rows: {found.tally.accepted:,} accepted, {rejected:,} rejected, "
        f"{quarantined:,} quarantined, {len(found.leaks):,} leaks. {masked:,} identifiers are to be masked. "
        f"Tokens are those of {found.tokenizer}."
    )
