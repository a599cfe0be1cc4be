"""Folders compared as a whole."""

from pathlib import Path

from nyay_lib.files import digest_file, digest_value


def digest_folder(folder: Path) -> str:
    """SHA-256 over the names and digests of all files below ``folder``; hidden ones are left out."""
    names = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return digest_value({str(p.relative_to(folder)): digest_file(p) for p in names})
