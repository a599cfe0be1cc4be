"""A PostgreSQL cluster of its own in a temporary folder, on loopback, with a password."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.server import free_port

# PostgreSQL runs as no superuser of the machine.
SOMEBODY = "nobody"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, on PATH or where Debian keeps them; None where it is not installed."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("pg_ctl")] if found]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in (*on_path, *debian) if (folder / "initdb").exists()), None)


@contextmanager
def cluster(password: str) -> Iterator[str]:
    """The address of its database, as Prefect takes it."""
    found = programs()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="nyay-postgresql-"))
    try:
        port = free_port(preferred=0)
        (folder / "password").write_text(password)
        if os.geteuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, SOMEBODY)
        data, words = str(folder / "data"), ["--username=nyay", "--auth=scram-sha-256", "--encoding=UTF8"]
        _run(found / "initdb", "-D", data, *words, f"--pwfile={folder / 'password'}", "--no-sync")
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        _run(found / "pg_ctl", "-D", data, "-o", settings, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+asyncpg://nyay:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run(found / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _run(program: Path, *arguments: str) -> None:
    user = SOMEBODY if os.geteuid() == 0 else None
    done = subprocess.run([program, *arguments], user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr.decode()
