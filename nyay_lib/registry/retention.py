"""Old tags leave Ollama, never what is in production or the model before it, which a rollback needs."""

from collections.abc import Sequence

from nyay_lib.config import PipelineConfig
from nyay_lib.registry.history import lineage, removed_tags
from nyay_lib.registry.journal import Entry, append, journal_of, read
from nyay_lib.registry.ollama import delete, tags


def remove_old_tags(config: PipelineConfig, where: str) -> list[str]:
    """Take tags beyond the newest ``registry.keep_tags`` out of Ollama; gives them. Raises RegistryError.

    Only tags that the journal knows, under the configured name: what else is in Ollama is somebody else's.
    """
    entries = read(journal_of(config))
    there = tags(where)
    removed = [entry for entry in old_tags(config, entries) if entry.tag in there]
    for entry in removed:
        assert entry.tag is not None
        delete(where, entry.tag)
        append(journal_of(config), entry.about("removed", [f"registry.keep_tags is {config.registry.keep_tags}"], None))
    return [str(entry.tag) for entry in removed]


def old_tags(config: PipelineConfig, entries: Sequence[Entry]) -> list[Entry]:
    """The registrations whose tags are to go, oldest first."""
    ours = f"{config.registry.name}:"
    newest_last: dict[str, Entry] = {}
    for entry in entries:
        if entry.event == "registered" and entry.tag and entry.tag.startswith(ours):
            newest_last.pop(entry.tag, None)
            newest_last[entry.tag] = entry
    for tag in removed_tags(entries):
        newest_last.pop(tag, None)
    kept = {entry.tag for entry in lineage(entries)[-2:]}
    return [entry for tag, entry in list(newest_last.items())[: -config.registry.keep_tags] if tag not in kept]
