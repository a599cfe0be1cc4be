"""Logs of what runs for months: cut by size while their writers go on."""

import os
import shutil
from pathlib import Path

from nyay_lib.files import replacing

# Those that are written at their end, so that cutting them is nothing to their writers.
GROWING = ("server.log", "worker.log", "service.log")


def cut(folder: Path, most: int) -> list[Path]:
    """Move each log of more than ``most`` bytes to NAME.log.1, in place of the one before; returns those.

    The writer keeps its file: what it says between the copy and the cut, some milliseconds, is lost.
    """
    grown = [log for name in GROWING if (log := folder / name).exists() and log.stat().st_size > most]
    for log in grown:
        with replacing(log.with_name(f"{log.name}.1")) as older:
            shutil.copyfile(log, older)
        os.truncate(log, 0)
    return grown
