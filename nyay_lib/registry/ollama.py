"""Models in Ollama: made under a tag that never changes, read back, copied, removed."""

from dataclasses import dataclass

from nyay_lib.errors import RegistryError
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry.address import nobody_at, numbers, outdated, version
from nyay_lib.registry.client import Client, Report, Shown
from nyay_lib.registry.modelfile import Card
from nyay_lib.results import require_file

# From this version on Ollama may store a GGUF otherwise than it was sent.
REWRITES_FILES = (0, 30)
MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class Registered:
    """A model in Ollama. ``digest`` is that of its manifest; ``reused`` means that it was there already."""

    tag: str
    digest: str
    reused: bool


def register(address: str, tag: str, gguf: Gguf, card: Card, report: Report) -> Registered:
    """Make ``tag`` of a file and its card, or find that it is there, and read it back.

    Raises RegistryError: Ollama is down or too old, the disk is full, the file is refused, the tag is another model's,
    or Ollama serves something else than it was told.
    """
    rewrites = _check_version(address) >= REWRITES_FILES
    blob = None if rewrites else gguf.sha256
    with Client(address) as client:
        there = client.show(tag)
        if there is None:
            _make(client, tag, gguf, card, report)
            _read_back(client, tag, card, blob)
        elif wrong := differences(there, card, blob):
            raise RegistryError(
                f"{tag} is at {address} already, with another {wrong[0]}, and tags never change; "
                f"start a new run, or remove it with `ollama rm {tag}`"
            )
        return Registered(tag, client.tags().get(tag, ""), reused=there is not None)


def differences(shown: Shown, card: Card, blob: str | None) -> list[str]:
    """In which fields Ollama's model is not the one of ``card`` and ``blob`` (None: not compared)."""
    wanted = {name: value if isinstance(value, list) else [value] for name, value in card.parameters.items()}
    same = {
        "template": shown.template == card.template,
        "system prompt": shown.system == card.system,
        **{f"parameter {name}": shown.parameters.get(name) == value for name, value in wanted.items()},
        "file": blob is None or shown.blob in (blob, None),
    }
    return [field for field, equal in same.items() if not equal]


def tags(address: str) -> dict[str, str]:
    """The digest of each model's manifest by its tag. Raises RegistryError."""
    with Client(address) as client:
        return client.tags()


def copy(address: str, source: str, target: str) -> None:
    """Let ``target`` name the very model that ``source`` does. Raises RegistryError if it does not afterwards."""
    with Client(address) as client:
        client.copy(source, target)
        found = client.tags()
    if source not in found or found[source] != found.get(target):
        raise RegistryError(f"Ollama at {address} says that it copied {source} to {target}, but they differ; run again")


def delete(address: str, tag: str) -> None:
    """Remove a tag; one that is not there is no error. Raises RegistryError."""
    with Client(address) as client:
        client.delete(tag)


def _check_version(address: str) -> tuple[int, ...]:
    found = version(address)
    if found is None:
        raise RegistryError(nobody_at(address))
    if old := outdated(found):
        raise RegistryError(f"Ollama at {address}: {old}")
    return numbers(found)


def _make(client: Client, tag: str, gguf: Gguf, card: Card, report: Report) -> None:
    """Send the file if Ollama does not have it, and make the model."""
    _check_file(gguf)
    if not client.has_blob(gguf.sha256):
        client.upload(gguf.path, gguf.sha256, report)
    report(gguf.bytes, gguf.bytes)
    client.create(tag, gguf.sha256, card)


def _check_file(gguf: Gguf) -> None:
    """Ollama takes a file that is cut in its last part, and only fails to load it: so it is looked at before."""
    try:
        with gguf.path.open("rb") as file:
            whole = file.read(len(MAGIC)) == MAGIC and gguf.path.stat().st_size == gguf.bytes
    except OSError as error:
        raise RegistryError(f"{gguf.path}: cannot be read ({error.strerror}); export it again") from error
    if not whole:
        raise RegistryError(f"{gguf.path}: is not the file of {gguf.bytes} bytes that was exported; export it again")
    require_file(gguf.path, gguf.sha256)


def _read_back(client: Client, tag: str, card: Card, blob: str | None) -> None:
    """Compare what Ollama serves with what it was told; a model that differs is removed again."""
    shown = client.show(tag)
    wrong = differences(shown, card, blob) if shown else ["name"]
    if wrong:
        client.delete(tag)
        raise RegistryError(
            f"Ollama at {client.address} does not serve what it was told for {tag}: another {', '.join(wrong)}; "
            "it was removed again; use a version of Ollama that this one was tested with"
        )
