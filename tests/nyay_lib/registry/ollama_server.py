"""An Ollama on loopback: blobs, streamed creation, show, copy, delete, chat and raw completion, and every way to fail.

Its answers were compared with those of a real server, version 0.11.4. The "model" answers with words that are a
function of the exact prompt, so that two prompts that differ in one character are answered differently.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from nyay_lib.prompt import FORMATS, ChatFormat
from tests.nyay_lib.loopback import Handler, Loopback

Json = dict[str, Any]
WORDS = ("murder", "is", "punished", "with", "death", "or", "imprisonment", "for", "life", "and", "a", "fine")


@dataclass
class Model:
    """What a tag names."""

    blob: str
    template: str
    system: str
    parameters: Json
    licence: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass
class Faults:
    """What goes wrong, and how often.

    ``drops`` are paths whose next requests are cut off without an answer; ``creation`` is an error line in the middle
    of a creation's stream; ``halts`` ends that stream early; ``upload`` is the error that an upload is refused with.
    ``answer`` and ``ended`` are what every question gets. ``shown`` is all of what /api/show says, ``shown_template``
    the template in it; ``used_template`` is what prompts are rendered by, whatever was told or is shown.
    ``stays_loaded``: a model keeps its memory, whatever was asked.
    """

    drops: Counter[str] = field(default_factory=Counter[str])
    creation: str | None = None
    halts: bool = False
    upload: str | None = None
    answer: str | None = None
    ended: str | None = "stop"
    shown: str | None = None
    shown_template: str | None = None
    used_template: ChatFormat | None = None
    copies_nothing: bool = False
    stays_loaded: bool = False


class OllamaServer(Loopback):
    """Answers until the context ends; ``requests`` are the method and path of each request."""

    def __init__(self, version: str = "0.11.4") -> None:
        self.version = version
        self.blobs: dict[str, bytes] = {}
        self.models: dict[str, Model] = {}
        self.loaded: set[str] = set()
        self.faults = Faults()
        self.requests: list[str] = []
        super().__init__(self._handler())

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(request.endswith(path) or path in request for request in self.requests)

    # --- what the API does ------------------------------------------------------------------------------------------

    def create(self, body: Json) -> list[Json]:
        """The lines of a creation's stream; a line with an error is the last."""
        digest = next(iter(body["files"].values())).removeprefix("sha256:")
        lines: list[Json] = [{"status": "parsing GGUF"}]
        if digest not in self.blobs:
            return [*lines, {"error": f"open blobs/sha256-{digest}: no such file or directory"}]
        if not self.blobs[digest].startswith(b"GGUF"):
            return [*lines, {"error": "supplied file was not in GGUF format", "status": 400}]
        lines.append({"status": f"using existing layer sha256:{digest}"})
        if self.faults.creation:
            return [*lines, {"error": self.faults.creation}]
        if self.faults.halts:
            return lines
        texts = (body.get("template", ""), body.get("system", ""), body.get("parameters", {}), body.get("license", ""))
        self.models[body["model"]] = Model(digest, *texts)
        return [*lines, {"status": "writing manifest"}, {"status": "success"}]

    def show(self, model: Model) -> Json:
        """The fields of /api/show, as a real server writes them; parameters come in no order."""
        lines = [
            f"{name:<30} {json.dumps(single)}"
            for name, value in reversed(model.parameters.items())
            for single in (value if isinstance(value, list) else [value])  # pyright: ignore[reportUnknownVariableType]
        ]
        return {
            "license": model.licence,
            "modelfile": f"# Modelfile\n# FROM x\n\nFROM /models/blobs/sha256-{model.blob}\nTEMPLATE ...\n",
            "parameters": "\n".join(lines),
            "template": self.faults.shown_template or model.template,
            "system": model.system,
            "details": {"format": "gguf", "family": "llama"},
            "model_info": {},
        }

    def prompt(self, model: Model, messages: list[Any]) -> str:
        """A conversation by the model's template; its system prompt goes first where the caller gives none."""
        form = self.faults.used_template or next(known for known in FORMATS if known.go == model.template)
        if not messages or messages[0]["role"] != "system":
            messages = [{"role": "system", "content": model.system}, *messages]
        return form.prompt(messages).removeprefix(form.bos)

    def answer(self, prompt: str) -> tuple[str, Json]:
        """Text and figures; Ollama counts the BOS token that it adds, and nothing when it breaks off."""
        seed = hashlib.sha256(prompt.encode()).digest()
        text = " ".join(WORDS[byte % len(WORDS)] for byte in seed[:12])
        ended = self.faults.ended
        figures = {"done": True, "done_reason": ended, "prompt_eval_count": len(prompt.split()) + 1} if ended else {}
        return (text if self.faults.answer is None else self.faults.answer), figures

    def prune(self) -> None:
        """Forget files that no model needs, as deleting does."""
        used = {model.blob for model in self.models.values()}
        self.blobs = {digest: content for digest, content in self.blobs.items() if digest in used}

    # --- HTTP -------------------------------------------------------------------------------------------------------

    def _handler(self) -> type[Handler]:
        server = self

        class OllamaHandler(Handler):
            def serve(self) -> None:
                server.requests.append(f"{self.command} {self.path}")
                body = self.body()
                name = "/".join(self.path.split("/")[:3])
                if server.faults.drops[name] > 0:
                    server.faults.drops[name] -= 1
                    self.close_connection = True
                    return None
                if name == "/api/blobs":
                    return self._blob(self.path.rpartition(":")[2], body)
                if name in ("/api/version", "/api/tags", "/api/ps"):
                    return self._json(self._listing(name))
                return self._post(name, json.loads(body))

            def _listing(self, name: str) -> Json:
                if name == "/api/version":
                    return {"version": server.version}
                shown = server.loaded if name == "/api/ps" else server.models.keys()
                models = [
                    {"name": tag, "model": tag, "digest": m.digest, "size": 2**30}
                    for tag, m in server.models.items()
                    if tag in shown
                ]
                return {"models": models}

            def _blob(self, digest: str, body: bytes) -> None:
                if self.command == "HEAD":
                    return self._send(200 if digest in server.blobs else 404, b"")
                if server.faults.upload:
                    return self._json({"error": server.faults.upload}, 500)
                got = hashlib.sha256(body).hexdigest()
                if got != digest:
                    words = f'digest mismatch, expected "sha256:{digest}", got "sha256:{got}"'
                    return self._json({"error": words}, 400)
                server.blobs[digest] = body
                return self._send(201, b"")

            def _post(self, name: str, body: Json) -> None:
                if name == "/api/create":
                    lines = "\n".join(json.dumps(line) for line in server.create(body))
                    return self._send(200, lines.encode(), "application/x-ndjson")
                tag: str = body.get("source") or body["model"]
                model = server.models.get(tag)
                if model is None:
                    return self._json({"error": f"model {tag!r} not found"}, 404)
                if name == "/api/show":
                    return self._send(200, (server.faults.shown or json.dumps(server.show(model))).encode())
                if name == "/api/copy":
                    if not server.faults.copies_nothing:
                        server.models[body["destination"]] = model
                    return self._send(200, b"")
                if name == "/api/delete":
                    del server.models[tag]
                    server.prune()
                    return self._send(200, b"")
                return self._talk(name, model, body)

            def _talk(self, name: str, model: Model, body: Json) -> None:
                if body.get("keep_alive") == 0 and not body.get("prompt") and not body.get("messages"):
                    if not server.faults.stays_loaded:
                        server.loaded.discard(body["model"])
                    return self._json({"response": "", "done": True, "done_reason": "unload"})
                server.loaded.add(body["model"])
                if name == "/api/chat":
                    text, figures = server.answer(server.prompt(model, body["messages"]))
                    return self._json({"message": {"role": "assistant", "content": text}, **figures})
                text, figures = server.answer(body.get("prompt", ""))
                return self._json({"response": text, **figures})

            def _json(self, value: Json, status: int = 200) -> None:
                self._send(status, json.dumps(value).encode())

            def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
                self.answer(status, body, {"Content-Type": kind})

        return OllamaHandler
