"""A model repository on the hub, listed at one commit: which files make the model, and what they must be."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, get_session, hf_hub_url
from huggingface_hub.hf_api import RepoSibling
from huggingface_hub.utils import hf_raise_for_status

from nyay_lib.base_model.folder import INDEX, SMALL_FILES, UNKNOWN_LICENCE, choose_weights
from nyay_lib.base_model.hub_errors import HUB_FAULTS, endpoint, explain, headers, refuse_offline, shown_endpoint
from nyay_lib.base_model.json_object import parse_object
from nyay_lib.errors import BaseModelError
from nyay_lib.files import CHUNK_BYTES

TIMEOUT_SECONDS = 30.0
NEEDED = ("config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the hub lists it: its size in bytes, and ``sha256`` (large files) or git's ``blob`` id (small ones)."""

    name: str
    size: int
    sha256: str | None
    blob: str | None

    def matches(self, path: Path) -> bool:
        """Whether the content of ``path`` is what the hub lists."""
        if path.stat().st_size != self.size:
            return False
        digest = hashlib.sha256() if self.sha256 else hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False)
        with path.open("rb") as file:
            while piece := file.read(CHUNK_BYTES):
                digest.update(piece)
        return digest.hexdigest() == (self.sha256 or self.blob)

    def partial(self, folder: Path) -> Path:
        """Where it grows until it is complete: no name of a leftover, which the next run would remove."""
        return folder / f".{self.name}.arriving"

    def present(self, folder: Path) -> int:
        """Bytes of it that are in ``folder``, complete or not."""
        found = next((p for p in (folder / self.name, self.partial(folder)) if p.exists()), None)
        return min(found.stat().st_size, self.size) if found else 0


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at one commit. ``parameters`` is None where the hub does not count them."""

    repo: str
    commit: str
    licence: str
    parameters: int | None
    files: tuple[HubFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def missing(self, folder: Path) -> int:
        """Bytes that ``folder`` still lacks."""
        return self.size - sum(file.present(folder) for file in self.files)

    def address(self, name: str) -> str:
        """Where the hub serves a file of this commit."""
        return hf_hub_url(self.repo, name, revision=self.commit, endpoint=endpoint())


def list_model(repo: str, revision: str | None) -> Listing:
    """The model's files at ``revision`` (None: the main branch), pinned to a commit.

    Raises BaseModelError: no such repository or revision, no login, no network, no safetensors weights.
    """
    refuse_offline(repo)
    try:
        api = HfApi(endpoint=endpoint())
        info = api.model_info(repo, revision=revision, files_metadata=True, timeout=TIMEOUT_SECONDS)
    except HUB_FAULTS as error:
        raise explain(error, repo, revision) from error
    siblings = {s.rfilename: s for s in info.siblings or ()}
    if absent := [name for name in NEEDED if name not in siblings]:
        raise BaseModelError(f"{repo}: has no {absent[0]} on the hub; name a repository in Transformers' format")
    small = [name for name in (*SMALL_FILES, INDEX) if name in siblings]
    files = tuple(_described(repo, siblings[name]) for name in (*small, *choose_weights(repo, siblings)))
    licence = str((info.card_data and info.card_data.license) or UNKNOWN_LICENCE)
    return Listing(repo, str(info.sha), licence, info.safetensors.total if info.safetensors else None, files)


def _described(repo: str, sibling: RepoSibling) -> HubFile:
    if sibling.size is None or (sibling.lfs is None and sibling.blob_id is None):
        raise BaseModelError(
            f"{repo}: {shown_endpoint()} lists no size and digest of {sibling.rfilename}, so it cannot be verified; "
            "set HF_ENDPOINT to a complete mirror, or leave it empty"
        )
    return HubFile(sibling.rfilename, sibling.size, sibling.lfs.sha256 if sibling.lfs else None, sibling.blob_id)


def fetch_config(listing: Listing) -> dict[str, Any]:
    """The model's config.json, which also shows whether this login may fetch its files.

    Raises BaseModelError: licence not granted, no login, no network.
    """
    refuse_offline(listing.repo)
    try:
        address = listing.address("config.json")
        response = get_session().get(address, headers=headers(), timeout=TIMEOUT_SECONDS)
        hf_raise_for_status(response)
    except HUB_FAULTS as error:
        raise explain(error, listing.repo, listing.commit) from error
    return parse_object(f"{listing.repo}: config.json", response.content)
