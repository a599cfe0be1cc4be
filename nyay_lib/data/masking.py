"""Identifiers of persons, replaced by visible tokens: Aadhaar, PAN, telephone, e-mail, bank account and IFSC.

A judgment is a public record, but nobody's telephone number belongs in a model. Case numbers, CNRs, citations, money,
dates, challan and GST numbers stay as they are: they are what an answer must name.
"""

import re
from collections import Counter
from collections.abc import Callable

from nyay_lib.data.checks import tables

_TABLE: dict[str, list[str]] = tables.load("identifiers")
_PHONE_WORDS, _OTHER_WORDS = frozenset(_TABLE["phone"]), frozenset(_TABLE["not_phone"])
_BANKS = frozenset(_TABLE["banks"])
_WORD = re.compile(r"[a-z/\u0900-\u097f]+|₹")
_CONTEXT = 32  # characters before a number in which it is told what it is

_EMAIL = re.compile(r"@(?<=[A-Za-z0-9._%+-]@)(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,12}(?![A-Za-z0-9-])")
_LOCAL = re.compile(r"[A-Za-z0-9._%+-]{1,64}$")
_PAN = re.compile(r"[A-Z](?<![A-Z0-9].)[A-Z]{2}[ABCFGHJLPT][A-Z][ -]?[0-9]{4}[ -]?[A-Z](?![A-Z0-9])")
_IFSC = re.compile(r"[A-Z](?<![A-Z0-9].)[A-Z]{3}0[A-Z0-9]{6}(?![A-Z0-9])")
_AADHAAR = re.compile(
    r"[2-9X](?<![A-Z0-9/.,-].)(?:\d{3}|XXX)(?P<gap>[ -]?)(?:\d{4}|XXXX)(?P=gap)\d{4}(?![A-Za-z0-9/]|[.,-]\d| ?\d{4}\b)"
)
_PHONE = re.compile(
    r"(?:\+ ?91|\(\+91\)|(?<![\w/.,-])(?:0091|91))[ -]{0,2}(?:\(0\) ?)?[6-9]\d{4}[ -]?\d{5}(?![A-Za-z0-9/]|[.,-]\d)"
    r"|(?<![\w/.,+-])0?[6-9]\d{4}[ -]?\d{5}(?![A-Za-z0-9/]|[.,-]\d)"
    r"|(?<![\w/.,+-])[6-9]\d{2}[ -]\d{3}[ -]\d{4}(?![A-Za-z0-9/]|[.,-]\d)"
    r"|(?<![\w/.,+-])(?:\+91[ -]?)?\(?0\d{2,4}\)?[ -]\d{6,8}(?![A-Za-z0-9/]|[.,-]\d)"
)
_ACCOUNT = re.compile(
    r"(?i:(?:\b(?:a/c|acct|account|acc\.|khata)|खाता|खाते)(?! of\b)[^\d\n]{0,48}?)"
    r"(?P<number>(?<![\d/.,])\d(?:[ -]?\d){8,17}(?![A-Za-z0-9/]|[.,]\d))"
)
_NOT_ACCOUNT = re.compile(r"(?i)rs\.?|₹|inr|dated|challan|cheque|invoice|receipt|mobile|phone|aadhaar|utr|gst")

# Verhoeff's dihedral check: D5 multiplication and the permutation by position.
_TIMES = ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
          "5987604321", "6598710432", "7659821043", "8765932104", "9876543210")  # fmt: skip
_TURNS = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def mask(text: str) -> tuple[str, dict[str, int]]:
    """``text`` with tokens such as `[PHONE]` for identifiers, and how many there were of each kind.

    Kinds: EMAIL, IFSC, PAN, ACCOUNT, AADHAAR, PHONE. Takes linear time; masking what is masked changes nothing.
    """
    counts: Counter[str] = Counter()
    for sign, finders in _FINDERS.items():
        if sign.search(text):
            for kind, find in finders.items():
                text = _replace(text, kind, find, counts)
    return text, dict(sorted(counts.items()))


def has_check_digit(digits: str) -> bool:
    """Whether twelve digits end as Aadhaar numbers do (Verhoeff 1969)."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_TIMES[check][int(_TURNS[place % 8][int(digit)])])
    return check == 0


def _replace(text: str, kind: str, find: "_Finder", counts: Counter[str]) -> str:
    parts: list[str] = []
    end = 0
    for start, stop in find(text):
        if start >= end:
            parts += [text[end:start], f"[{kind}]"]
            counts[kind] += 1
            end = stop
    return "".join([*parts, text[end:]]) if parts else text


def _emails(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _EMAIL.finditer(text):
        local = _LOCAL.search(text, max(0, match.start() - 64), match.start())
        if local:
            found.append((local.start(), match.end()))
    return found


def _ifscs(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _IFSC.finditer(text) if match[0][:4] in _BANKS or "ifs" in _before(text, match)]


def _pans(text: str) -> list[tuple[int, int]]:
    """In one piece, or in pieces where the word PAN stands before."""
    return [match.span() for match in _PAN.finditer(text) if match[0].isalnum() or "pan" in _words_before(text, match)]


def _accounts(text: str) -> list[tuple[int, int]]:
    lower = text.lower()
    if not any(word in lower for word in ("acc", "a/c", "khata", "खात")):
        return []
    return [
        match.span("number")
        for match in _ACCOUNT.finditer(text)
        if not _NOT_ACCOUNT.search(text, match.start() + 3, match.start("number"))
    ]


def _aadhaars(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _AADHAAR.finditer(text) if _is_aadhaar(text, match)]


def _is_aadhaar(text: str, match: re.Match[str]) -> bool:
    """With the word before it any twelve digits are; else in fours, with the right check digit."""
    before = _before(text, match)
    if any(word in before for word in ("aadh", "adhar", "uid", "आधार")):
        return True
    return bool(match["gap"]) and "X" not in match[0] and has_check_digit(re.sub(r"\D", "", match[0]))


def _phones(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _PHONE.finditer(text) if _is_phone(text, match)]


def _is_phone(text: str, match: re.Match[str]) -> bool:
    """The nearest telling word before it decides; a country code tells by itself."""
    if match[0].startswith(("+", "(+")):
        return True
    words = _words_before(text, match)
    if any(word in _PHONE_WORDS for word in words):
        return True
    is_landline = match[0].startswith(("0", "(0")) and len(re.sub(r"\D", "", match[0])) == 11
    return (is_landline or match[0][0] in "6789") and not any(word in _OTHER_WORDS for word in words[-3:])


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _CONTEXT) : match.start()].lower()


def _words_before(text: str, match: re.Match[str]) -> list[str]:
    return _WORD.findall(_before(text, match))


_Finder = Callable[[str], list[tuple[int, int]]]
# What must stand in a text before its finders are tried.
_FINDERS: dict[re.Pattern[str], dict[str, _Finder]] = {
    re.compile("@"): {"EMAIL": _emails},
    re.compile(r"[A-Z]{4}[A-Z0]"): {"IFSC": _ifscs, "PAN": _pans},
    re.compile(r"[\dX](?:[ )-]{0,2}[\dX]){8}"): {"ACCOUNT": _accounts, "AADHAAR": _aadhaars, "PHONE": _phones},
}
