"""What a service runs, and the file that tells launchd or systemd so, filled in from its template."""

import os
import plistlib
import re
import string
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from nyay_lib.errors import ServiceError

NAME = "nyay"
# Beside the packages in the project's folder, and beside them where a wheel was installed.
TEMPLATES = Path(__file__).resolve().parents[2] / "deployments"
# A service gets no shell's PATH: the environment's programs, then those of Homebrew on a Mac, then the system's.
HOMEBREW = "/opt/homebrew/bin"
SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
# What a user may have set in the shell that installs, and the service needs too. Nothing of it is a secret.
KEPT = ("HF_HOME", "HF_HUB_CACHE", "HF_ENDPOINT", "HF_HUB_OFFLINE", "OLLAMA_HOST", "OLLAMA_MODELS", "LANG")


@dataclass(frozen=True, slots=True)
class Service:
    """A command that is to run in a project's folder for as long as somebody is logged in."""

    project: Path
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, project: Path, arguments: Sequence[str]) -> "Service":
        """`nyay` with these arguments, by the Python that runs now."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        # Not resolved: a virtual environment's python is a link, and the link is what makes it one.
        python = Path(sys.executable)
        homebrew = (HOMEBREW,) if sys.platform == "darwin" else ()
        path = os.pathsep.join(dict.fromkeys((str(python.parent), *homebrew, *SYSTEM_PATH)))
        return cls(project.resolve(), (str(python), "-m", "flows.cli", *arguments), {"PATH": path, **kept})

    @property
    def log(self) -> Path:
        """Where the service says what goes on."""
        return self.project / ".prefect" / "service.log"


def plist_of(service: Service) -> bytes:
    """The LaunchAgent's file."""
    values = {"name": NAME, "project": str(service.project), "log": str(service.log), "path": "", "command": ""}
    template = plistlib.loads(_template("nyay.plist").encode())
    filled = cast("dict[str, Any]", _filled(template, values))
    filled |= {"ProgramArguments": list(service.command), "EnvironmentVariables": dict(service.environment)}
    return plistlib.dumps(filled, sort_keys=False)


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """A property list with its placeholders filled in; plistlib writes whatever a path holds as XML has it."""
    match value:
        case str():
            return string.Template(value).substitute(values)
        case dict():
            return {key: _filled(inside, values) for key, inside in cast("dict[str, Any]", value).items()}
        case list():
            return [_filled(inside, values) for inside in cast("list[Any]", value)]
        case _:
            return value


def unit_of(service: Service) -> bytes:
    """The systemd user unit's file. Raises ServiceError for a folder whose name no unit file can hold."""
    if "\n" in str(service.project):
        raise ServiceError(f"{service.project!s}: a unit file cannot name a folder with a line break; rename it")
    values = {
        "project": _specifiers(str(service.project)),
        "log": _specifiers(str(service.log)),
        "command": " ".join(_quoted(word).replace("$", "$$") for word in service.command),
        "environment": " ".join(_quoted(f"{name}={value}") for name, value in service.environment.items()),
    }
    return string.Template(_template("nyay.service")).substitute(values).encode()


def _specifiers(text: str) -> str:
    """systemd takes a per cent sign for the beginning of a specifier."""
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """A word as systemd.syntax(7) quotes it."""
    return '"' + re.sub(r'(["\\])', r"\\\1", _specifiers(word)) + '"'


def _template(name: str) -> str:
    path = TEMPLATES / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ServiceError(f"{path}: cannot be read ({error.strerror}); install nyay again") from error
