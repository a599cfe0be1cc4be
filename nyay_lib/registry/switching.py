"""Production changes in Ollama and in the files as one: written ahead, done, written down; or finished by the next.

An intent is in the journal before the first step. Every step can be done twice, so whatever process dies between two
of them, the next that holds the lock does them all again or, where the new model is gone meanwhile, puts the old one
back.
"""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.registry.address import address
from nyay_lib.registry.history import unfinished
from nyay_lib.registry.journal import Entry, append, champion, journal_of, read
from nyay_lib.registry.ollama import copy, delete, tags
from nyay_lib.registry.production import (
    clear_links,
    link_public,
    missing_files,
    release_folder,
    require_free,
    switch,
    withdraw,
)

LIVE = ("production", "latest")


def live_tags(config: PipelineConfig) -> tuple[str, ...]:
    """The tags under which Ollama serves production."""
    return tuple(f"{config.registry.name}:{live}" for live in LIVE)


@contextmanager
def switching(config: PipelineConfig) -> Generator[str]:
    """Hold production still; of two that want to change it one waits, and one that dies lets go.

    Gives in words what was mended of a switch that was broken off before, else an empty text. Raises RegistryError.
    """
    journal = journal_of(config)
    journal.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(journal.with_name(".switch.lock")):
        yield _recover(config)


def go_live(config: PipelineConfig, intent: Entry) -> Entry:
    """Do what an intent says; returns its completion. The model must be in Ollama and its links prepared.

    If a step fails, what was in production before is put back. Raises RegistryError.
    """
    append(journal_of(config), intent)
    try:
        apply(config, intent)
    except RegistryError as error:
        # Where that fails too, the intent stands, and the next that holds the lock mends it.
        with suppress(RegistryError):
            _undo(config, intent, str(error))
        raise
    done = intent.completed()
    append(journal_of(config), done)
    return done


def apply(config: PipelineConfig, entry: Entry) -> None:
    """Ollama's live tags, then the files, as an entry says; done twice it changes nothing. Raises RegistryError."""
    if entry.tag is not None:
        for live in live_tags(config):
            copy(address(config), entry.tag, live)
    require_free(config)
    link_public(config)
    switch(config, folder_of(config, entry))


def folder_of(config: PipelineConfig, entry: Entry) -> Path:
    """The folder of links of an entry's release."""
    label = entry.label or (entry.tag or entry.run_id).partition(":")[2] or entry.run_id
    return release_folder(config, label)


def _recover(config: PipelineConfig) -> str:
    """Finish a switch that was broken off, or undo it where its model is gone; what was done in words."""
    clear_links(config)
    intent = unfinished(read(journal_of(config)))
    if intent is None:
        return ""
    try:
        if gone := _gone(config, intent):
            _undo(config, intent, gone)
            return f"the switch to {intent.run_id} was broken off and is undone: {gone}"
        apply(config, intent)
    except RegistryError as error:
        raise RegistryError(f"the switch to {intent.run_id} was broken off and waits to be mended: {error}") from error
    append(journal_of(config), intent.completed())
    return f"the switch to {intent.run_id} was broken off and is finished now"


def _gone(config: PipelineConfig, intent: Entry) -> str:
    """Why an intent can no longer be finished, in words; else an empty text."""
    if lost := missing_files(folder_of(config, intent)):
        return f"{lost[0]} is gone"
    if intent.tag is None:
        return ""
    found = tags(address(config)).get(intent.tag)
    if found is None:
        return f"Ollama has no {intent.tag}"
    return "" if intent.digest in (found, None) else f"{intent.tag} in Ollama is another model"


def _undo(config: PipelineConfig, intent: Entry, reason: str) -> None:
    """Put back what was in production before an intent."""
    before = champion(journal_of(config))
    if before is not None:
        apply(config, before)
    else:
        withdraw(config)
    # What Ollama did not serve before it does not serve now.
    if intent.tag is not None and (before is None or before.tag is None):
        for live in live_tags(config):
            delete(address(config), live)
    append(journal_of(config), intent.about("abandoned", [reason], intent.ollama))
