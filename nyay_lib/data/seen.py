"""Which texts have come before and where, in 24 bytes each."""

import hashlib
from functools import lru_cache

from nyay_lib.data.records import Record
from nyay_lib.law.normalise import uniform

DIGEST_BYTES, PLACE_BYTES = 16, 8
_SLOT_BYTES = DIGEST_BYTES + PLACE_BYTES
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
    """Digests and where each came first, in one block of bytes, at most half full: 800,000 take 48 MiB."""

    def __init__(self) -> None:
        self._slots = bytearray(_SLOT_BYTES * _FIRST_SLOTS)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, digest: bytes, place: int) -> int | None:
        """Take a digest of 16 bytes that stands at ``place``, under 2^64; the earlier place if it is not new."""
        slot = self._slot(digest)
        if self._at(slot) == digest:
            return int.from_bytes(self._slots[slot + DIGEST_BYTES : slot + _SLOT_BYTES])
        self._slots[slot : slot + _SLOT_BYTES] = digest + place.to_bytes(PLACE_BYTES)
        self._count += 1
        if 2 * _SLOT_BYTES * self._count > len(self._slots):
            self._grow()
        return None

    def _slot(self, digest: bytes) -> int:
        """Where a digest's slot begins, or the empty one that it would take."""
        slots = len(self._slots) // _SLOT_BYTES
        slot = int.from_bytes(digest[:8]) % slots
        while self._at(slot * _SLOT_BYTES) not in (digest, _EMPTY):
            slot = (slot + 1) % slots
        return slot * _SLOT_BYTES

    def _at(self, slot: int) -> bytes:
        return bytes(self._slots[slot : slot + DIGEST_BYTES])

    def _grow(self) -> None:
        old, self._slots = self._slots, bytearray(2 * len(self._slots))
        for start in range(0, len(old), _SLOT_BYTES):
            if (digest := bytes(old[start : start + DIGEST_BYTES])) != _EMPTY:
                slot = self._slot(digest)
                self._slots[slot : slot + _SLOT_BYTES] = old[start : start + _SLOT_BYTES]
