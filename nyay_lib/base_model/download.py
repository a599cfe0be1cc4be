"""Bring a listed model to the disk, so that a cut costs only what was under way.

The hub's own client starts a file again when its process has died (huggingface_hub issue 4196). A download of
gigabytes deserves better: files are received here, with the client's session and login, into a partial file that the
next run goes on with, and each is compared with the digest that the hub lists for it.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import httpx
from huggingface_hub import get_session
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import hf_raise_for_status

from nyay_lib.base_model.hub import TIMEOUT_SECONDS, HubFile, Listing
from nyay_lib.base_model.hub_errors import BUSY, HUB_FAULTS, explain, headers, refuse_offline
from nyay_lib.base_model.source import Report
from nyay_lib.errors import BaseModelError
from nyay_lib.files import sync_file, sync_folder

WAIT_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # between attempts that bring nothing; progress starts them anew


def download(listing: Listing, folder: Path, report: Report) -> None:
    """Bring every file of ``listing`` into ``folder``; what is there and right is not fetched again.

    ``report`` is told the bytes that are there and the bytes there will be.
    Raises BaseModelError: licence not granted, no network, a full disk, or content with another digest than listed.
    """
    refuse_offline(listing.repo)
    done = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in listing.files:
            _fetch(listing, file, folder, _shifted(report, done, listing.size))
            done += file.size
            report(done, listing.size)
        sync_folder(folder)
    except HUB_FAULTS as error:
        raise explain(error, listing.repo, listing.commit) from error


def _shifted(report: Report, before: int, total: int) -> Callable[[int], None]:
    """Progress of one file as progress of all: ``before`` bytes stand ahead of it."""
    return lambda here: report(before + here, total)


def _fetch(listing: Listing, file: HubFile, folder: Path, advance: Callable[[int], None]) -> None:
    """One file: under its name only when it is complete and verified."""
    target, partial = folder / file.name, file.partial(folder)
    if target.exists() and file.matches(target):
        return
    # What an earlier run left may be damaged, for example by a power cut: then, and only then, a second try.
    for _ in range(2 if partial.exists() else 1):
        _receive(listing.address(file.name), partial, file.size, advance)
        if file.matches(partial):
            sync_file(partial)
            partial.replace(target)
            return
        partial.unlink()
    raise BaseModelError(
        f"{listing.repo}: {file.name} arrived with another digest than the hub lists and was removed; "
        "run again, and if it repeats look for a proxy that changes files"
    )


def _receive(url: str, partial: Path, size: int, advance: Callable[[int], None]) -> None:
    """Fill ``partial`` up to ``size`` bytes from wherever it ends, waiting longer after each attempt in vain."""
    partial.touch()
    vain = 0
    while (have := partial.stat().st_size) < size:
        failure = _attempt(url, partial, have, advance)
        vain = 0 if partial.stat().st_size > have else vain + 1
        if vain > len(WAIT_SECONDS):
            raise failure
        if vain:
            time.sleep(WAIT_SECONDS[vain - 1])


def _attempt(url: str, partial: Path, have: int, advance: Callable[[int], None]) -> Exception:
    """One request; returns the reason why it may have brought less than all, raises one that waiting cannot mend."""
    try:
        _stream(url, partial, have, advance)
    except httpx.TransportError as error:
        return error
    except HfHubHTTPError as error:
        if error.response.status_code not in BUSY:
            raise
        return error
    return httpx.ReadError("the connection ended early")


def _stream(url: str, partial: Path, start: int, advance: Callable[[int], None]) -> None:
    """Append what the server sends from byte ``start`` on."""
    wanted = headers() | ({"Range": f"bytes={start}-"} if start else {})
    with get_session().stream("GET", url, headers=wanted, timeout=TIMEOUT_SECONDS) as response:
        hf_raise_for_status(response)
        # A server that ignores the range sends the file from its beginning.
        resumed = start and response.status_code == HTTPStatus.PARTIAL_CONTENT
        with partial.open("ab" if resumed else "wb") as file:
            # Pieces as they come: waiting for a full one would lose what came of it before a cut.
            for piece in response.iter_bytes():
                file.write(piece)
                advance(file.tell())
