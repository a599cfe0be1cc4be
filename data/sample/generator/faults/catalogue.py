"""All faults by name, with their forms."""

from collections.abc import Sequence

from data.sample.generator.faults.anonymity import ANONYMITY
from data.sample.generator.faults.answers import EXAM_STYLE, OUTPUT_TOO_LONG, REFUSAL, REPETITION, SHORT_OUTPUT
from data.sample.generator.faults.fields import BAD_CNR, EMPTY_FIELD, MISSING_FIELD, UNKNOWN_TASK, WRONG_TYPE
from data.sample.generator.faults.injections import INJECTION
from data.sample.generator.faults.legacy_fonts import LEGACY_FONT
from data.sample.generator.faults.lines import BAD_JSON, BAD_UTF8, LINE_TOO_LONG
from data.sample.generator.faults.mojibake import MOJIBAKE
from data.sample.generator.faults.near_duplicates import NEAR_DUPLICATE
from data.sample.generator.faults.planting import Form
from data.sample.generator.faults.repeats import DUPLICATE, SIBLING
from data.sample.generator.faults.scans import OCR_JUNK
from data.sample.generator.faults.untruths import OUTCOME_CONFLICT, UNSUPPORTED_REFERENCE

# Classes and forms take turns in this order.
FAULTS: dict[str, dict[str, Form]] = {
    "bad_utf8": BAD_UTF8,
    "line_too_long": LINE_TOO_LONG,
    "bad_json": BAD_JSON,
    "missing_field": MISSING_FIELD,
    "wrong_type": WRONG_TYPE,
    "empty_field": EMPTY_FIELD,
    "unknown_task": UNKNOWN_TASK,
    "bad_cnr": BAD_CNR,
    "duplicate": DUPLICATE,
    "short_output": SHORT_OUTPUT,
    "refusal": REFUSAL,
    "repetition": REPETITION,
    "output_too_long": OUTPUT_TOO_LONG,
    "near_duplicate": NEAR_DUPLICATE,
    "exam_style": EXAM_STYLE,
    "injection": INJECTION,
    "mojibake": MOJIBAKE,
    "legacy_font": LEGACY_FONT,
    "ocr_junk": OCR_JUNK,
    "anonymity": ANONYMITY,
    "unsupported_reference": UNSUPPORTED_REFERENCE,
    "outcome_conflict": OUTCOME_CONFLICT,
    "leak_sibling": SIBLING,
    "leak_near_duplicate": NEAR_DUPLICATE,
}
# Classes that repeat a row of the same file, and those that repeat a case of validation in training.
REPEATS = ("duplicate", "near_duplicate")
LEAKS = ("leak_sibling", "leak_near_duplicate")
# 17 MiB a row: planted once a file, and only when asked for by name.
ONCE = "line_too_long"


def named_faults(faults: str | Sequence[str]) -> tuple[str, ...]:
    """The classes meant by none, all, or names. Raises ValueError for a name that is not known."""
    names = faults.split(",") if isinstance(faults, str) else list(faults)
    if names in (["none"], [""], []):
        return ()
    if names == ["all"]:
        return tuple(name for name in FAULTS if name != ONCE)
    for name in names:
        if name not in FAULTS:
            raise ValueError(f"{name!r} is no fault; known are none, all, {', '.join(FAULTS)}")
    return tuple(dict.fromkeys(names))
