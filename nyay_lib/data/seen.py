"""Which texts have come before, in sixteen bytes each."""

import hashlib
from functools import lru_cache

from nyay_lib.data.records import Record
from nyay_lib.law.normalise import uniform

DIGEST_BYTES = 16
_EMPTY = bytes(DIGEST_BYTES)
_FIRST_SLOTS = 1 << 12


def record_digest(record: Record) -> bytes:
    """SHA-256, cut to 16 bytes, of what a record says: white space, letter case and spelling of characters aside."""
    fields = (_plain(text) for text in (record.instruction, record.input, record.output))
    return hashlib.sha256("\n".join(fields).encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]


@lru_cache(maxsize=8)  # rows of a case stand together, and share their judgment
def _plain(text: str) -> str:
    return " ".join((text if text.isascii() else uniform(text)).lower().split())


class Digests:
    """A set of digests in one block of bytes, at most half full: 800,000 take 32 MiB, a set of Python's 90."""

    def __init__(self) -> None:
        self._slots = bytearray(DIGEST_BYTES * _FIRST_SLOTS)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, digest: bytes) -> bool:
        """Take a digest of 16 bytes; whether it is new."""
        place = self._place(digest)
        if self._at(place) == digest:
            return False
        self._slots[place : place + DIGEST_BYTES] = digest
        self._count += 1
        if 2 * DIGEST_BYTES * self._count > len(self._slots):
            self._grow()
        return True

    def _place(self, digest: bytes) -> int:
        """Where a digest stands, or the empty slot where it would."""
        slots = len(self._slots) // DIGEST_BYTES
        slot = int.from_bytes(digest[:8]) % slots
        while self._at(slot * DIGEST_BYTES) not in (digest, _EMPTY):
            slot = (slot + 1) % slots
        return slot * DIGEST_BYTES

    def _at(self, place: int) -> bytes:
        return bytes(self._slots[place : place + DIGEST_BYTES])

    def _grow(self) -> None:
        old, self._slots = self._slots, bytearray(2 * len(self._slots))
        for start in range(0, len(old), DIGEST_BYTES):
            if (digest := bytes(old[start : start + DIGEST_BYTES])) != _EMPTY:
                place = self._place(digest)
                self._slots[place : place + DIGEST_BYTES] = digest
