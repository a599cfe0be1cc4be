"""A hub on loopback: the listing, the redirect of large files to a second host, logins, gates, cuts and lies."""

import hashlib
import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.nyay_lib.loopback import Handler, Loopback

COMMIT = "1" * 40
LATER_COMMIT = "2" * 40
LARGE_BYTES = 10_000  # files from this size on are kept as large files, on the second host
TOKEN = "hf_secretsecretsecret"
INVALID = "Invalid credentials in Authorization header"


@dataclass
class Repository:
    """Files of one repository, and who may have them."""

    files: dict[str, bytes]
    gated: bool = False
    licence: str = "llama3.2"
    parameters: int | None = 104_448
    commit: str = COMMIT
    granted: set[str] = field(default_factory=set[str])


@dataclass(frozen=True)
class Request:
    """What a client asked for."""

    host: str
    method: str
    path: str
    token: str | None
    range: str | None


class HubServer(Loopback):
    """Serves ``repositories`` until the context ends.

    ``cuts[name]`` are the byte counts after which the next answers for a file break off; ``served[name]`` is sent
    in place of a file's true content; ``busy`` is how many times the second host answers 503; ``ignores_ranges``
    is what some mirrors do; while ``holds`` is cleared, an answer that is cut hangs in place of breaking off.
    """

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.cuts: dict[str, list[int]] = defaultdict(list)
        self.served: dict[str, bytes] = {}
        self.requests: list[Request] = []
        self.busy = 0
        self.holds = threading.Event()
        self.holds.set()
        self.ignores_ranges = False
        self.logins = {TOKEN}
        super().__init__(self._handler("hub"), self._handler("cdn"))

    def add(self, name: str, folder: Path, **settings: object) -> Repository:
        """Serve the files of ``folder`` as the repository ``name``."""
        files = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
        self.repositories[name] = Repository(files, **settings)  # type: ignore[arg-type]
        return self.repositories[name]

    def asked(self, ending: str) -> list[Request]:
        """The requests for paths that end so."""
        return [request for request in self.requests if request.path.endswith(ending)]

    def _handler(self, host: str) -> type[Handler]:
        hub = self

        class HubHandler(Handler):
            def serve(self) -> None:
                path = unquote(urlsplit(self.path).path)
                token = (self.headers.get("authorization") or "").removeprefix("Bearer ") or None
                hub.requests.append(Request(host, self.command, path, token, self.headers.get("range")))
                if host == "cdn" and hub.busy:
                    hub.busy -= 1
                    return self.answer(503, b"")
                if host == "cdn":
                    return self._content(path.rpartition("/")[2])
                if path.startswith("/api/models/"):
                    return self._listing(path.removeprefix("/api/models/"), token)
                name, _, rest = path[1:].partition("/resolve/")
                self._file(name, rest.partition("/")[2], token)

            def _listing(self, path: str, token: str | None) -> None:
                name, _, revision = path.partition("/revision/")
                found = hub.repositories.get(name)
                if token is not None and token not in hub.logins:
                    return self._refuse(401, None, INVALID)
                if found is None:
                    return self._refuse(*((404, "RepoNotFound") if token else (401, None)), "Repository not found")
                if revision not in ("", "main", found.commit):
                    return self._refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
                self.answer(200, json.dumps(_listing_of(name, found)).encode())

            def _file(self, name: str, file: str, token: str | None) -> None:
                found = hub.repositories[name]
                if found.gated and token not in found.granted:
                    return self._refuse(403 if token else 401, "GatedRepo", f"Access to {name} is restricted")
                content = found.files[file]
                if len(content) < LARGE_BYTES:
                    return self._content(file, content)
                self.send_response(302)
                self.send_header("Location", f"{hub.address_of(1)}/{name}/{file}")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _content(self, file: str, content: bytes | None = None) -> None:
                known = (repo.files[file] for repo in hub.repositories.values() if file in repo.files)
                content = hub.served.get(file, content if content is not None else next(known, b""))
                asked = self.headers.get("range")
                start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and not hub.ignores_ranges else 0
                cut = hub.cuts[file].pop(0) if hub.cuts[file] else None
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(content) - start))
                self.end_headers()
                self.wfile.write(content[start:][:cut])
                self.wfile.flush()
                hub.holds.wait(60) if cut is not None else None
                self.close_connection = cut is not None

            def _refuse(self, status: int, code: str | None, words: str) -> None:
                headers = {"X-Error-Message": words} | ({"X-Error-Code": code} if code else {})
                self.answer(status, json.dumps({"error": words}).encode(), headers)

        return HubHandler


def _listing_of(name: str, repository: Repository) -> dict[str, object]:
    """The JSON of the hub's model information, with the metadata of files."""
    count = repository.parameters
    return {
        "id": name,
        "modelId": name,
        "sha": repository.commit,
        "private": False,
        "gated": "manual" if repository.gated else False,
        "tags": [],
        "downloads": 0,
        "likes": 0,
        "cardData": {"license": repository.licence},
        "safetensors": {"parameters": {"F16": count}, "total": count} if count else None,
        "siblings": [_sibling(file, content) for file, content in repository.files.items()],
    }


def _sibling(file: str, content: bytes) -> dict[str, object]:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    large = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
    lfs = {"lfs": large} if len(content) >= LARGE_BYTES else {}
    return {"rfilename": file, "size": len(content), "blobId": blob, **lfs}
