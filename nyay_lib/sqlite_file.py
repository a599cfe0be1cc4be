"""The file of an SQLite database: what was deleted in it is given back to the disk."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

# Below this a file that was never compacted does no harm; new rows take the free pages first.
WORTH_BYTES, WORTH_SHARE = 32 << 20, 0.25


def compact(path: Path, worth: int = WORTH_BYTES) -> int:
    """Write the database anew without its free pages where a quarter of it is free; returns the bytes given back.

    Nobody else may have it open. It is left as it is where somebody has, where the disk has no room for a second copy,
    and where it is no database: what reads it says so better.
    """
    if not path.is_file():
        return 0
    size = path.stat().st_size
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as database:
            pages, free, page = (_number(database, name) for name in ("page_count", "freelist_count", "page_size"))
            if free * page < worth or free < pages * WORTH_SHARE or shutil.disk_usage(path.parent).free < 2 * size:
                return 0
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:
        return 0
    return size - path.stat().st_size


def _number(database: sqlite3.Connection, pragma: str) -> int:
    return int(database.execute(f"PRAGMA {pragma}").fetchone()[0])
