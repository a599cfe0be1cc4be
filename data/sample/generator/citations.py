"""Invented citations, each as it is written and in canonical form."""

from data.sample.generator.chance import Chance

NEUTRAL_SINCE = 2023  # the first year of neutral citations


def citation(chance: Chance, decided: int, neutral: str, series: str) -> tuple[str, str]:
    """A citation that a court may name in the year ``decided``, as written and in canonical form.

    ``neutral`` and ``series`` are the court's own. Pages lie beyond those of real volumes where that is known.
    """
    year, volume, page = chance.whole(1961, decided), chance.whole(1, 12), chance.whole(1010, 1990)
    recent, number = max(year, min(NEUTRAL_SINCE, decided)), chance.whole(91000, 99900)
    forms = _reporters(year, volume, page)
    if series != "P&H":  # which is written in more ways than one
        online = max(2009, year)
        forms.insert(4, (f"{online} SCC OnLine {series} {number}", f"SCC ONLINE|{online}||{series.upper()}|{number}"))
    if recent >= NEUTRAL_SINCE:
        forms += [(cited, cited) for cited in (f"{recent} INSC {page}", f"{recent}:{neutral}:{number}")]
    return chance.pick(forms)


def _reporters(year: int, volume: int, page: int) -> list[tuple[str, str]]:
    """The reporters, none in a year before its first."""
    return [
        (f"({max(1970, year)}) {volume} SCC {page}", f"SCC|{max(1970, year)}|{volume}||{page}"),
        (f"({max(1990, year)}) {volume} SCC (Cri) {page}", f"SCC|{max(1990, year)}|{volume}|CRI|{page}"),
        (f"AIR {year} SC {page + 6000}", f"AIR|{year}||SC|{page + 6000}"),
        (f"[{year}] {volume % 4 + 1} SCR {page}", f"SCR|{year}|{volume % 4 + 1}||{page}"),
        (f"{year} Cri LJ {page + 6000}", f"CRI LJ|{year}|||{page + 6000}"),
        (f"JT {max(1986, year)} ({volume}) SC {page}", f"JT|{max(1986, year)}|{volume}|SC|{page}"),
        (f"({max(1975, year)}) {volume} SCALE {page}", f"SCALE|{max(1975, year)}|{volume}||{page}"),
    ]
