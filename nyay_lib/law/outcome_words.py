"""The patterns by which an outcome is read, for lowered text: events of a sentence, and what may stand about them."""

import re
from typing import Any

from nyay_lib.law import tables
from nyay_lib.law.patterns import lazily

_TABLE: dict[str, Any] = tables.load("outcomes")
_PHRASES: dict[str, dict[str, list[str]]] = _TABLE["phrases"]

_FORMS = ("participle", "verb", "plain", "gerund", "hindi")
TELLING = frozenset((*_FORMS, "weak", "remark", "deed"))
_LOWER_COURT = (
    r"(?:(?:trial|sessions?|special|lower|family|civil|district|(?:first )?appellate"
    r"|subordinate|fast track|labour|criminal|"
    r"magistrate'?s?|juvenile|single) (?:court|judge|bench|magistrate)"
    r"|magistrate|courts? below|tribunal|jmfc|acjm|cjm|authorit(?:y|ies)|"
    r"commissioner|collector|(?:विचारण|अधीनस्थ|निचली|सत्र) (?:न्यायालय|अदालत)(?:ों)?)"
)
_ARGUED = (
    r"(?:submit\w*|contend\w*|argu(?:ed|es|ing)|urg(?:ed|es|ing)|pray"
    r"(?:ed|s|ing)|plead(?:ed|s|ing)|assert\w*|insist\w*|request(?:ed|s|ing))"
)
_MATTER = (
    r"(?:appeals?|petitions?|applications?|revisions?|suits?|references?"
    r"|objections?|w\.? ?[pa]\.?|c\.? ?w\.? ?p\.?|c\.? ?a\.?|o\.? ?a\.?|c\.? ?r\.? ?[ap]\.?|crm(?:-m)?"
    r"|r\.? ?[sf]\.? ?a\.?|l\.? ?p\.? ?a\.?|f\.? ?a\.? ?o\.?|m\.? ?f\.? ?a\.?"
    r"|crl\.? ?(?:a|o\. ?p|op|m\. ?c|mc|rev)\.?|s\.? ?l\.? ?p\.?)"
)


_TITLES = r"(?:the |learned |ld\.? |additional |chief |judicial )"
_RUN = r"[\s.,;:!?।]*+"  # of a row of marks the first tells all
_EVENTS: list[tuple[str, str, list[str]]] = [
    ("stop", "", [mark + _RUN for mark in ("!", r"\?", "।", r"\n")]),
    ("stop", "", [r"\.(?<=[^\s.].)(?<!\W[a-z]\.)(?=[ \n\"')]|$)" + _RUN]),
    ("turn", "", [r";[ ,;]*+", r",(?= (?:this court|the (?:high |supreme )?court|we)\b)"]),
    ("turn", "", ["but", "however", "accordingly", "consequently", "hence", "therefore", "whereas", "nevertheless"]),
    ("comma", "", [r",[ ,]*+"]),
    ("argued_that", "", [rf"{_ARGUED}(?:,[^,.;]{{1,60}},)?(?: before (?:us|this court|the court))? that"]),
    (
        "argued_that",
        "",
        [
            r"(?:seek(?:s|ing)?|sought)(?:(?: an?| the)? (?:directions?|orders?|declarations?))? that",
            r"prayer (?:is|was|that)",
            "की ओर से(?! (?:दायर|प्रस्तुत|दाखिल|पेश))",
            "तर्क(?:ों)?",
            r"प्रार्थना(?! ?(?:पत्र|अस्वीकार|स्वीकार|खारिज|नामंजूर))",
        ],
    ),
    ("argued", "", [_ARGUED, "seeks?", "sought", "according to"]),
    (
        "condition",
        "",
        [
            r"if\b(?! any)",
            "unless",
            r"in (?:case(?! (?:crime|nos?|number|fir)\b)|the event|default)(?! of [^,.;]{0,60}\barrest)",
            "failing which",
            "provided that",
        ],
    ),
    ("condition", "", ["assuming", "whether", "had (?:the|he|she|it|they|this)", "were (?:the|it)", "यदि"]),
    ("circumstance", "", ["when", "whenever", "once", "where"]),
    ("lower", "", [rf"(?:the|learned|ld\.|additional|chief|judicial) {_TITLES}{{0,4}}{_LOWER_COURT}", _LOWER_COURT]),
    ("court", "", ["this court", "the (?:high |supreme )?court", "hon'ble (?:high |supreme )?court", "division bench"]),
    ("court", "", ["high court", "supreme court", "we"]),
    ("relative", "", ["which", "whereby", "wherein", "who", "whom"]),
    ("earlier", "", ["earlier", "previously", "initially", "originally", "vide", "came to be", "पूर्व में"]),
    ("earlier", "", ["by (?:an? )?(?:order|judgment) dated", "by the impugned (?:order|judgment)"]),
    ("precedent", "", [r"v(?:\.|s\.?|ersus)?(?= [a-z]{2})"]),
    ("beside", "", [r"pending (?:[\w.]+ ){0,4}?(?:applications?|petitions?|ias?|i\.a\.s?|matters?)", "if any", "ias?"]),
    (
        "beside",
        "",
        ["interlocutory", "interim (?:applications?|reliefs?|orders?|stay)", "stay (?:application|petition)"],
    ),
    ("beside", "", [r"(?:connected|misc)\w*\.? (?:misc\w*\.? )?(?:applications|petitions)", r"i\.? ?a\.? nos?"]),
    ("beside", "", ["condonation", "exemption", "impleadment", "लंबित", "लम्बित"]),
    (
        "matter",
        "",
        [
            rf"{_MATTER}(?: ?\([a-z. ]{{1,9}}\))?,? ?(?:nos?\b\.?|number) ?"
            r"\d{1,7}(?: ?(?:/|of) ?\d{2,4})?",
            rf"{_MATTER}(?: ?\([a-z. ]{{1,9}}\))? ?\d{{1,7}} ?(?:/|of) ?(?:19|20)\d\d",
            r"(?:अपील|याचिका|पुनरीक्षण) (?:क्रमांक|संख्या|सं\.?|नं\.?) ?\d{1,7}(?: ?/ ?\d{2,4}| वर्ष \d{4})?",
        ],
    ),
    *((form, label, _PHRASES[label][form]) for label in _PHRASES for form in _FORMS if form in _PHRASES[label]),
    *(("remark", label, patterns) for label, patterns in _TABLE["remarks"].items()),
    *(("deed", label, patterns) for label, patterns in _TABLE["deeds"].items()),
    *(("weak", str(place), entry["participle"]) for place, entry in enumerate(_TABLE["weak"])),
]
WEAK_LABELS: list[list[tuple[re.Pattern[str], str]]] = [
    [(lazily(rf"\b(?:{subject})\b"), label) for subject, label in entry["labels"].items()] for entry in _TABLE["weak"]
]


# A vowel sign goes on with a word: of दोषसिद्धि, the conviction, दोषसिद्ध is only the beginning.
_WORD_END = r"(?![\w\u093a-\u094c\u0962\u0963])"
_SECOND = lazily(r"[a-z\u0900-\u097f](?![?*+{])")


def _opened(pattern: str) -> list[str]:
    """The pattern as alternatives that each open with a plain character: `(?:a|b)c` is `ac` and `bc`."""
    if not pattern.startswith("(?:"):
        return [pattern]
    depth, parts, start = 0, list[str](), 3
    for place, character in enumerate(pattern):
        depth += (character == "(") - (character == ")")
        if depth == 0 or (depth == 1 and character == "|"):
            parts.append(pattern[start:place])
            start = place + 1
        if depth == 0:
            break
    return [opened for part in parts for opened in _opened(part + pattern[start:])]


def _events() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """One pattern for all events, and for each of its groups the kind of event and its label.

    Grouped by the first two characters, with the look-behind after the first: a pattern that opens with plain
    characters is searched ten times faster than one that opens with groups or look-behinds.
    """
    by_start: dict[str, dict[str, list[str]]] = {}
    meaning: dict[str, tuple[str, str]] = {}
    for kind, label, patterns in _EVENTS:
        for pattern in (opened for whole in patterns for opened in _opened(whole)):
            name = f"e{len(meaning)}"
            meaning[name] = kind, label
            first = pattern[:2] if pattern[0] == "\\" else pattern[0]
            second = _SECOND.match(pattern, len(first))
            after = second[0] if second and first.isalpha() else ""
            rest = f"(?P<{name}>{pattern[len(first) + len(after) :]})"
            by_start.setdefault(first, {}).setdefault(after, []).append(rest)
    groups = (_edged(first, seconds) for first, seconds in by_start.items())
    return lazily("|".join(groups)), meaning


def _edged(first: str, seconds: dict[str, list[str]]) -> str:
    rest = f"(?:{'|'.join(second + _any(parts) for second, parts in seconds.items())})"
    return rf"{first}(?<![\w\u0900-\u097f].){rest}{_WORD_END}" if first.isalpha() else first + rest


def _any(parts: list[str]) -> str:
    return f"(?:{'|'.join(parts)})"


EVENT, EVENT_OF = _events()
ABBREVIATIONS = frozenset(_TABLE["abbreviations"])
WORD_AT_END = lazily(r"\w*$")
FIGURES = lazily(r"\d+")
LED_BY = lazily(r"\b(?:of|by|from|to) $")
_AUXILIARY_GAP = (
    r"(?: (?:hereby|accordingly|therefore|also|thus|hence|both|all|only"
    r"|ordered to be|directed to be|forthwith|\w+ly))*"
)
PRESENT = lazily(
    r"\b(?:is|are|am|stands?|hereby|shall be|shall stand|will stand"
    rf"|let [^.;]{{1,60}} be|(?:ordered|directed)(?: to| that [^.;]{{1,60}})? be"
    r"|(?:applicants?|petitioners?|appellants?|accused|he|she|they)"
    rf"(?: (?:herein|above ?named|nos?\.? \d+(?: (?:and|to) \d+)?))? be){_AUXILIARY_GAP} $"
)
PAST = lazily(rf"\b(?:was|were|has been|have been|has|have|being|stood){_AUXILIARY_GAP} $")
BEFORE_THAT = lazily(
    rf"\bhad(?: been| also| already| earlier| \w+ly)*{_AUXILIARY_GAP} $|\bafter (?:having been|being) $"
)
# "let the applicant involved in Case Crime No. 212 of 2020, under Section 376 IPC, be released on bail"
LET = lazily(
    r"\blet (?:the )?(?:above ?named )?(?:applicants?|petitioners?|appellants?|accused)\b[^;]{1,150}"
    rf"\bbe{_AUXILIARY_GAP} $"
)
SUPPOSED = lazily(
    r"\b(?:could|would|might|may|can|cannot|should|ought to|to)(?: not)?"
    rf"(?: also)?(?: have been| have| be| been)?{_AUXILIARY_GAP} $"
    rf"|\b(?:be|(?<!\bhas )(?<!\bhave )been){_AUXILIARY_GAP} $"
)
DUE = lazily(
    rf"\b(?:must|deserves? to|liable to|has to|have to|needs? to|required to){_AUXILIARY_GAP} be{_AUXILIARY_GAP} $"
    r"|\bmust $"
)
NEGATED = lazily(
    r"\b(?:not(?! only)|never|neither|nor|cannot|n't|without)(?: (?:be"
    r"|been|being|yet|hereby|have been|\w+ly))* $|\b(?:neither|nor)\b[^,;]{0,60} $"
)
BY_COURT = lazily(
    r"\b(?:court|bench|tribunal|judge|we|i|commission)(?: (?:has|have"
    r"|had|\w+ly|also|then|hereby|therefore|finally|do))* $"
)
COURT_AND = lazily(
    r"\b(?:court|bench|tribunal|we|i)(?: (?:has|have|\w+ly))* (?:set aside|\w+ed|held|found)\b"
    r"[^.;]{0,60} and(?: \w+ly)* $"
)
AND_AFTER_VERB = lazily(r"(?:,| and| &|, and)(?: (?:\w+ly|also|hereby|thereby))* $")
BARE = lazily(r"^[\s\"'(:\-]*$|[,;:\-] $")
SUBJECT = lazily(
    r"(?:appeals?|petitions?|applications?|revisions?|suits?|references?"
    r"|bail|case|rule|writ|complaint|claim|fir|proceedings?|accused"
    r"|appellants?|petitioners?|slp|matter|(?:no\.? ?)?[\d/]+(?: of \d{4})?)\)? $"
)
PLAIN_SUBJECT = lazily(
    r"\b(?:we|i|court|hereby|bench)(?:,? (?:do|hereby|therefore,?|accordingly,?"
    r"|thus,?|(?:are|am|is) (?:inclined|pleased|constrained|persuaded) to"
    r"|(?:has |have )?(?:decided|chosen|resolved|proceeded) to"
    r"|(?:deems?|thinks?) (?:it )?(?:fit|proper|just) to|proceeds? to|\w+ly))* $|decline to $"
)
WE_AND = lazily(
    rf"\b(?:we|i)(?:,? (?:do|hereby|therefore,?|thus,?|\w+ly,?))* (?:{'|'.join(_TABLE['court_acts'])})\b"
    r"[^.;]{0,100} and(?: \w+ly)? $"
)
OBJECT = lazily(r" (?:the|this|these|both|all|him|her|them|it|his|their)\b")
GERUND = lazily(
    r"(?:,|\bthereby|\bthus|, and)(?: (?:also|hereby|thereby|thus|\w+ly))* $"
    r"|\b(?:writ|certiorari)\b[^.;]{0,40} issued? $"
)
# "While dismissing the petition, the Court observed": the court is named behind, and did not do it before that.
LEADING = lazily(r"^[\s\"'(]*(?:while )?$")
COURT_BEHIND = lazily(
    r"(?![^.;]{0,80}\b(?:earlier|previous|first|said)\b)[^.;]{0,140}?,"
    r" (?:this|the (?:hon'ble )?(?:high |supreme |apex )?|hon'ble )(?:court|bench)(?! had)\b"
)
ADVERB_OF_COURT = lazily(r"\b(?:we|i|court|do),? $")
# "The petition is, therefore, rejected": the subject stands before the word.
INSERTED = lazily(r"(?:\b(?:is|are|was|were|be|been|stands?|has|have)|,),? $")
# Where another court is named after it, its acts are what was appealed against.
HIGH_COURT = lazily(
    r"\bhigh court(?: (?:\w+ly|also|then|thus|has|itself))* $|\bhigh court\b[^.;]{0,60} and(?: \w+ly)? $"
)
RIGHTLY = lazily(r"\bcourt (?:has )?(?:rightly|wrongly|erroneously|correctly|justifiably|illegally) $")
UPPER_COURT = lazily(
    r"\b(?:(?:this|supreme|apex) court|we)\b(?: [\w']+){0,8} $|\b(?:this|supreme|apex) court\b[^.;]{0,60} and $"
)
CAME_UP = lazily(
    r"\b(?:approach\w*|appeal\w* (?:to|before)|came|comes|come)(?: (?:up|before|to|in appeal))*"
    r" (?:this court|the supreme court|us)\b"
)

BY_LOWER_COURT = lazily(
    r"(?: (?:under|u/s|for|of) [^.;\n]{1,90}?)?"  # convicted under Section 302 IPC by the trial court
    r" (?:him |her |them )?(?:by|before|vide|in)(?: the| a| an)?(?: order of the)?"
    rf"(?: learned| ld\.?)?(?: additional| chief| judicial)* {_LOWER_COURT}"
)
# Of a conviction: "vide judgment dated 12.03.2015 of the learned Additional Sessions Judge"
BY_EARLIER_JUDGMENT = lazily(r"[^;\n]{0,90}? (?:vide|by) (?:the )?(?:impugned )?(?:judgment|order)\b")
RECORD_BEFORE = lazily(r"\b(?:order|judg\w+|decree|award|passed|proceedings?|arising|against|from|dated)\b[^.;]{0,40}$")
HINDI_BEFORE_THAT = lazily(r"[^।.,]{0,30}?(?<![\u0900-\u097f])(?:था|थी|थे)(?![\u0900-\u097f])")
HINDI_SUPPOSED = lazily(
    r" ?(?:नहीं|न |किए जाने|किये जाने|करने|होने|हो सकत|की जाए|किया जाए"
    r"|की जाये|किया जाये|की जानी|किया जाना|योग्य)"
)
HINDI_PAST = lazily(
    r"[^।.,]{0,20}?(?<![\u0900-\u097f])"
    r"(?:गया|गई|गयी|गए|दिया|दी|की|किया)(?! (?:जात|जाकर|है|हैं))(?![\u0900-\u097f])"
)
HINDI_CANCELLED = "निरस्त"
HINDI_MATTER = lazily(r"अपील|याचिका|आवेदन|प्रार्थना ?पत्र|पुनरीक्षण|वाद(?![\u0900-\u097f])|जमानत")
HINDI_RECORD = lazily(r"आदेश|निर्णय|प्राथमिकी|कार्यवाही|एफ ?आई ?आर|आरोप|दंडादेश|दण्डादेश|अधिसूचना|प्रथम सूचना")
# What the patterns for the words before a phrase can end in: looked for first, for nearly always none of them is there.
_HAVING_A_SAY = frozenset(_TABLE["having_a_say"])
_HEARD_ENDS = ("n't ", ", ", "; ", ": ", "- ", ") ", "& ")
_LONGEST_WORD = 24


def says_nothing(before: str) -> bool:
    """Whether no word at the end of `before` tells the force of the phrase after it; a quick look."""
    if not before.strip(" \n\"'(:-"):
        return False
    if before[-1] != " ":
        return True
    last = WORD_AT_END.search(before, max(0, len(before) - _LONGEST_WORD), len(before) - 1)
    word = last[0] if last else ""
    is_heard = word in _HAVING_A_SAY or word.endswith("ly") or word[-1:].isdigit() or before.endswith(_HEARD_ENDS)
    return not is_heard and "nor" not in before and "neither" not in before
