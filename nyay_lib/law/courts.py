"""Which court a text names: the Supreme Court and the High Courts, by every name that judgments give them."""

import re

from nyay_lib.law import tables
from nyay_lib.law.normalise import normalise, uniform

_PLACES: dict[str, str] = {
    uniform(place): court for court, places in tables.load("courts")["high_courts"].items() for place in places
}
_PLACE = "|".join(map(re.escape, sorted(_PLACES, key=len, reverse=True)))
_COURT = re.compile(
    r"(?P<supreme>supreme court|apex court|(?:उच्चतम|सर्वोच्च) न्यायालय)"
    r"|high court(?:,? ?(?:of|for|at|in|the|state|judicature|,)){0,6} ?"
    rf"(?P<after>{_PLACE})(?![a-z\u0900-\u097f])"
    rf"|(?<![a-z\u0900-\u097f])(?P<before>{_PLACE}),? (?:high court|उच्च न्यायालय)"
    rf"|उच्च न्यायालय,? ?(?P<hindi>{_PLACE})(?![a-z\u0900-\u097f])"
)


def name_courts(text: str) -> list[str]:
    """Each superior court that ``text`` names, once, in order: `SC`, or `HC` and the court's key such as `HC BOM`.

    The High Court of Judicature at Bombay, the Bombay High Court and बंबई उच्च न्यायालय are one. Takes linear time.
    """
    found = _COURT.finditer(normalise(text).lower)
    return list(dict.fromkeys("SC" if match["supreme"] else f"HC {_PLACES[_place(match)]}" for match in found))


def _place(match: re.Match[str]) -> str:
    return match["after"] or match["before"] or match["hindi"]
