"""A model on its way to a release: all that is told to Ollama, and written of it in the journal."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.gguf_header import weights_digest
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.files import digest_file, digest_value
from nyay_lib.prompt import ChatFormat
from nyay_lib.registry.journal import Entry, Event, Waiver
from nyay_lib.registry.modelfile import Card, card
from nyay_lib.registry.production import ADAPTER, GGUF, MERGED, MODELFILE, release_folder
from nyay_lib.results import Product, require_file
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter, mend_adapter

P = TypeVar("P", bound=Product)


@dataclass(frozen=True, slots=True)
class Candidate:
    """All that a release is made from."""

    config: PipelineConfig
    run: RunDir
    gguf: Gguf
    verdict: Verdict
    chat: ChatFormat
    licence: str
    waivers: tuple[Waiver, ...] = ()

    @property
    def label(self) -> str:
        """What names this file of this run."""
        return f"{self.run.run_id}-{self.gguf.quantization}"

    @property
    def tag(self) -> str:
        """The tag that is this run's alone."""
        return f"{self.config.registry.name}:{self.label}"

    @property
    def card(self) -> Card:
        """What Ollama is told beside the file."""
        return card(self.chat, self.config.registry, self.licence)

    @property
    def inputs(self) -> str:
        """Digest of all of it."""
        rows = self.verdict.model_dump(include={"rows"})
        return digest_value([self.tag, self.gguf.sha256, rows, asdict(self.card)])

    def is_in(self, entry: Entry) -> bool:
        """Whether an entry tells of this very file of this run."""
        return entry.is_of(self.run.run_id, self.gguf.sha256)

    def entry(self, event: Event, tag: str | None, reasons: list[str], ollama: str | None = None) -> Entry:
        """An entry about it."""
        return Entry(
            event=event,
            run_id=self.run.run_id,
            tag=tag,
            sha256=self.gguf.sha256,
            passed=self.verdict.passed,
            reasons=reasons,
            label=self.label,
            ollama=ollama,
        )

    def intent(self, tag: str | None, digest: str | None, replaced: str | None, ollama: str | None) -> Entry:
        """The entry that goes before its promotion."""
        more = {
            "waivers": list(self.waivers),
            "digest": digest,
            "weights": weights_digest(self.gguf.path),
            "files": self._files(),
            "replaced": replaced,
        }
        return self.entry("promoting", tag, [], ollama).model_copy(update=more)

    def _files(self) -> dict[str, str]:
        """Digests of the files that go into production, by their names there.

        Raises DamagedError for one that is no longer as its step made it.
        """
        require_file(self.gguf.path, self.gguf.sha256)
        known = {GGUF: self.gguf.sha256}
        if merged := _made(MergedModel, self.run.result("fuse")):
            merged.require_intact()
            known[MERGED] = merged.digest
        if adapter := _made(Adapter, self.run.result("train")):
            adapter.require_intact(mend_adapter(self.run))
            known[ADAPTER] = adapter.digest
        folder = release_folder(self.config, self.label)
        return {name: known.get(name) or digest_of(folder, name) for name in (GGUF, MODELFILE, ADAPTER, MERGED)}


def digest_of(folder: Path, name: str) -> str:
    """SHA-256 of one of production's files; of a model folder that of its weights, as the step that made it counts."""
    path = folder / name
    if name == ADAPTER:
        return digest_file(path / "adapters.safetensors")
    if name == MERGED:
        return digest_value([digest_file(file) for file in sorted(path.glob("*.safetensors"))])
    return digest_file(path)


def _made(kind: type[P], result: Path) -> P | None:
    try:
        return kind.model_validate_json(result.read_bytes())
    except (OSError, ValidationError):
        return None
