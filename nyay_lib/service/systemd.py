"""A systemd user unit. It runs while its user is logged in, and with lingering from boot on."""

import getpass
import os
import re
from pathlib import Path

from nyay_lib.errors import ServiceError
from nyay_lib.service.manager import State, asked, told
from nyay_lib.service.unit import NAME, Service, unit_of

UNIT = f"{NAME}.service"
ASKED = ("LoadState", "ActiveState", "MainPID", "Result", "NRestarts")


class Systemd:
    """systemctl for the user's own manager."""

    @property
    def path(self) -> Path:
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(home) / "systemd" / "user" / UNIT

    def render(self, service: Service) -> bytes:
        return unit_of(service)

    def project(self) -> Path | None:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        if found := re.search(r"^WorkingDirectory=(.+)$", text, re.MULTILINE):
            return Path(found[1].replace("%%", "%"))
        raise ServiceError(f"{self.path}: is no unit of nyay's; look at it, and remove it")

    def state(self) -> State:
        done = asked("systemctl", "--user", "show", UNIT, f"--property={','.join(ASKED)}")
        if done.returncode != 0:
            words = " ".join(done.stderr.split())
            raise ServiceError(f"systemd's user manager does not answer ({words}); log in as this user, without sudo")
        known = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
        running = known.get("ActiveState") in {"active", "activating", "deactivating", "reloading"}
        pid, restarts = int(known.get("MainPID") or 0), known.get("NRestarts", "0")
        end = known.get("Result", "") if restarts == "0" else f"{known.get('Result', '')}, restarted {restarts} times"
        return State(known.get("LoadState") == "loaded" and running, pid or None, end)

    def start(self) -> None:
        told("systemctl", "--user", "daemon-reload")
        told("systemctl", "--user", "enable", UNIT)
        told("systemctl", "--user", "restart", UNIT)

    def stop(self) -> None:
        told("systemctl", "--user", "disable", "--now", UNIT)

    def forget(self) -> None:
        told("systemctl", "--user", "daemon-reload")
        # Else a unit that failed stays on the list under its name.
        asked("systemctl", "--user", "reset-failed", UNIT)

    def warnings(self, project: Path) -> list[str]:
        user = getpass.getuser()
        lingers = asked("loginctl", "show-user", user, "--property=Linger").stdout.strip()
        if lingers == "Linger=yes":
            return []
        return [
            "it ends when you log out and does not start before you log in: `loginctl enable-linger` lets it run from "
            "boot on"
        ]
