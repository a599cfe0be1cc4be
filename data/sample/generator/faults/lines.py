"""Lines that are no record: not UTF-8, not JSON, or far too long."""

import json

from data.sample.generator.faults.planting import Form, Planting
from data.sample.generator.records import Row, encode

HOLE = "\ue000"  # stands where bytes are put that JSON or UTF-8 would not let through
TOO_LONG = 17 << 20  # bytes; one MiB above what is read


def _holed(p: Planting, field: str) -> Row:
    """The row with a hole at a blank somewhere in a field."""
    text = p.row[field]
    place = p.chance.pick([place for place, letter in enumerate(text) if letter == " "])
    return p.row | {field: f"{text[:place]}{HOLE}{text[place:]}"}


def _hole(filling: bytes, field: str = "output") -> Form:
    return lambda p: encode(_holed(p, field)).replace(HOLE.encode(), filling)


def _utf16(p: Planting) -> bytes:
    return b"\xff\xfe" + encode(p.row, ascii=True).decode().encode("utf-16-le")


def _twice(p: Planting) -> bytes:
    again = json.dumps(p.row["output"][::-1], ensure_ascii=False).encode()
    return encode(p.row)[:-1] + b', "output": ' + again + b"}"


def _twice_inside(p: Planting) -> bytes:
    head, opening, rest = encode(p.row).partition(b'"metadata": {')
    return head + opening + b'"cnr": "' + p.row["metadata"]["cnr"].encode() + b'", ' + rest


def _cut(p: Planting) -> bytes:
    line = encode(p.row, ascii=True)
    return line[: int(len(line) * (0.2 + 0.6 * p.chance.random()))]


def _log_line(p: Planting) -> bytes:
    return f"WARNING retry 3/5 for {p.row['metadata']['cnr']}: connection reset by peer".encode()


def _many_times(p: Planting) -> bytes:
    text = p.row["input"]
    times = 1 + TOO_LONG // max(1, len(text.encode()))
    return encode(p.with_input("\n\n".join([text] * times)))


BAD_UTF8: dict[str, Form] = {
    "latin_1_letter": _hole(b"Caf\xe9 "),
    "windows_quotes": _hole(b" \x93so far\x94"),
    "windows_dash_in_input": _hole(b" \x96", "input"),
    "cut_letter": _hole("₹".encode()[:2]),
    "utf_16_line": _utf16,
    "surrogate_bytes": _hole(b"\xed\xa0\x80"),
    "stray_ff": _hole(b"\xff\xff", "input"),
}
BAD_JSON: dict[str, Form] = {
    "key_twice": _twice,
    "key_twice_in_metadata": _twice_inside,
    "cut_off": _cut,
    "python_literal": lambda p: repr(p.row).encode(),
    "trailing_comma": lambda p: encode(p.row)[:-1] + b",}",
    "missing_comma": lambda p: encode(p.row).replace(b', "output"', b' "output"', 1),
    "bare_quote": _hole(b' "so"'),
    "raw_tab": _hole(b"\t"),
    "half_surrogate_escape": _hole(b" \\ud83d "),
    "two_on_a_line": lambda p: encode(p.row) + b" " + encode(p.row),
    "error_page": lambda _: b"<html><head><title>504 Gateway Time-out</title></head><body></body></html>",
    "log_line": _log_line,
}
LINE_TOO_LONG: dict[str, Form] = {"judgment_many_times": _many_times}
