"""A Mac that trains on mains power is kept from sleeping, by macOS's own caffeinate."""

import logging
import os
import shutil
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

LOOK_SECONDS = 60.0
PMSET_SECONDS = 5.0
MAINS = "AC Power"
logger = logging.getLogger(__name__)


class Awake:
    """While it is open and the machine has mains power, a caffeinate runs; without power, or when it closes, none.

    -i and -s keep macOS from sleeping, -s on mains power alone; -w ends it with this process, however that ends.
    Elsewhere than on macOS nothing happens; where a program is missing a line in the log says so, and training goes on.
    """

    def __init__(self, platform: str = sys.platform) -> None:
        self._is_mac = platform == "darwin"
        self._caffeinate: subprocess.Popen[bytes] | None = None
        self._next = 0.0

    def __enter__(self) -> Self:
        self.look()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._let_sleep()

    def look(self) -> None:
        """Look at the power supply, at most once a minute: it may be plugged in and out while it trains."""
        if not self._is_mac or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_SECONDS
        if not has_mains_power():
            self._let_sleep()
        elif self._caffeinate is None or self._caffeinate.poll() is not None:
            self._caffeinate = caffeinate()

    def _let_sleep(self) -> None:
        if self._caffeinate is not None:
            self._caffeinate.terminate()
            self._caffeinate.wait()
            self._caffeinate = None


def has_mains_power() -> bool:
    """Whether pmset says so; a Mac that cannot be asked is taken to have none."""
    try:
        said = subprocess.run(["pmset", "-g", "batt"], capture_output=True, text=True, timeout=PMSET_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.warning(
            "pmset does not say whether there is mains power (%s): this Mac may sleep while it trains", error
        )
        return False
    return MAINS in said.stdout


def caffeinate() -> "subprocess.Popen[bytes] | None":
    """A caffeinate that ends with this process; None where the program is missing."""
    program = shutil.which("caffeinate")
    if program is None:
        logger.warning("caffeinate was not found: this Mac may sleep while it trains")
        return None
    command = [program, "-i", "-s", "-w", str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
