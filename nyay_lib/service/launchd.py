"""A LaunchAgent: macOS starts it when its user logs in, with the GPU of that session. Nothing of this ran on a Mac."""

import os
import plistlib
import re
from pathlib import Path

from nyay_lib.errors import ServiceError
from nyay_lib.service.manager import State, asked, told, wait_until
from nyay_lib.service.unit import NAME, Service, plist_of

# Where macOS asks a person before a program may read; a LaunchAgent has no window to ask in, and is refused.
PROTECTED = ("Desktop", "Documents", "Downloads", "Library/Mobile Documents", "Library/CloudStorage")
FDESETUP = "/usr/bin/fdesetup"


class Launchd:
    """launchctl in the domain of the user's graphical session."""

    @property
    def path(self) -> Path:
        return Path.home() / "Library" / "LaunchAgents" / f"{NAME}.plist"

    @property
    def _domain(self) -> str:
        return f"gui/{os.getuid()}"

    @property
    def _target(self) -> str:
        return f"{self._domain}/{NAME}"

    def render(self, service: Service) -> bytes:
        return plist_of(service)

    def project(self) -> Path | None:
        try:
            return Path(plistlib.loads(self.path.read_bytes())["WorkingDirectory"])
        except FileNotFoundError:
            return None
        except (plistlib.InvalidFileException, ValueError, KeyError) as error:
            raise ServiceError(f"{self.path}: is no LaunchAgent of nyay's; look at it, and remove it") from error

    def state(self) -> State:
        """From the words of ``launchctl print``, which are for people: what is not found is not known."""
        done = asked("launchctl", "print", self._target)
        if done.returncode != 0:
            return State(loaded=False)
        pid = re.search(r"^\s*pid = (\d+)", done.stdout, re.MULTILINE)
        last = re.search(r"^\s*last exit code = (.+)$", done.stdout, re.MULTILINE)
        return State(True, int(pid[1]) if pid else None, last[1].strip() if last else "")

    def start(self) -> None:
        self.stop()
        # Someone may have disabled it; bootstrap then fails without saying why.
        told("launchctl", "enable", self._target)
        told("launchctl", "bootstrap", self._domain, str(self.path))

    def stop(self) -> None:
        """bootout returns before the service has ended, and a bootstrap until then is refused."""
        if self.state().loaded:
            told("launchctl", "bootout", self._target)
            wait_until(lambda: not self.state().loaded, "launchd did not end the service")

    def forget(self) -> None:
        """launchd reads the folder at the next login: without the file there is nothing to forget."""

    def warnings(self, project: Path) -> list[str]:
        found: list[str] = []
        if folder := protected_folder(project, Path.home()):
            found.append(
                f"{project} lies in {folder}, which macOS lets no LaunchAgent read: move the project, for instance to "
                "~/nyay, or give its Python Full Disk Access (System Settings, Privacy & Security)"
            )
        if "On" in asked(FDESETUP, "status").stdout:
            found.append(
                "FileVault is on: after a restart nothing runs before someone has logged in; a restart by "
                "`sudo fdesetup authrestart` unlocks the disk once, but logs nobody in"
            )
        else:
            found.append("after a restart nothing runs before this user has logged in; automatic login does that")
        return found


def protected_folder(project: Path, home: Path) -> Path | None:
    """The folder that macOS guards and the project lies in; disks of their own are guarded too."""
    folders = [*(home / name for name in PROTECTED), Path("/Volumes")]
    return next((folder for folder in folders if project.resolve().is_relative_to(folder)), None)
