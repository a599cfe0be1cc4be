"""The first question, asked again of a model that is in Ollama: as promised, or what is wrong with it."""

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.prompt import FORMATS, SYSTEM_PROMPT
from nyay_lib.registry.client import Client
from nyay_lib.registry.history import last_version
from nyay_lib.registry.journal import append, champion, journal_of, read
from nyay_lib.registry.smoke import smoke_test


def question_faults(where: str, tag: str) -> list[str]:
    """What is wrong with what Ollama shows of a model, or says as it; that it cannot be asked is wrong too."""
    try:
        with Client(where) as client:
            shown = client.show(tag)
        if shown is None:
            return [f"Ollama has no {tag}"]
        chat = next((known for known in FORMATS if known.go == shown.template), None)
        if chat is None:
            return [f"{tag} has another template than ours in Ollama: {shown.template[:60]!r}"]
        if shown.system != SYSTEM_PROMPT:
            return [f"{tag} has another system prompt than ours in Ollama: {shown.system[:60]!r}"]
        smoke_test(where, tag, chat)
    except RegistryError as failure:
        return [str(failure)]
    return []


def ask_again(config: PipelineConfig, where: str, found: str) -> list[str]:
    """Ask production again if Ollama is of another version than when the journal was last written; what is wrong.

    The journal tells of it, and knows the version from then on.
    """
    journal = journal_of(config)
    live = champion(journal)
    if live is None or live.tag is None or last_version(read(journal)) in (found, None):
        return []
    faults = question_faults(where, live.tag)
    append(journal, live.about("checked", faults, found))
    return faults
