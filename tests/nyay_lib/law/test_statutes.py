from datetime import date

import pytest

from nyay_lib.law import statutes

# The reference grammar, section 3: highest section, and whether it may be relied upon.
CERTAIN = {"IPC": 511, "BNS": 358, "BNSS": 531, "BSA": 170, "CRPC": 484, "IEA": 167, "CPC": 158, "NI": 148, "MV": 217,
           "HMA": 30, "CONTRACT": 238, "COMPANIES": 470}  # fmt: skip
SOFT = {"TPA": 137, "SRA": 44, "LIMITATION": 32, "ACA": 87, "HSA": 31, "SMA": 51, "DV": 37, "DPA": 10, "POCSO": 46,
        "JJ": 112, "NDPS": 83, "PCA": 31, "PMLA": 75, "UAPA": 53, "ARMS": 46, "SCST": 23, "IBC": 255, "ITACT": 94,
        "CPA": 107, "RERA": 92, "LARR": 114, "CGST": 174, "RTI": 31, "CONTEMPT": 24, "INCOMETAX": 298,
        "ID": 40}  # fmt: skip
SUCCESSORS = {
    "IPC": {"302": "103", "304B": "80", "306": "108", "307": "109", "34": "3(5)", "120B": "61(2)", "323": "115(2)",
            "354": "74", "376": "64", "379": "303(2)", "406": "316(2)", "420": "318(4)", "498A": "85", "506": "351"},
    "CRPC": {"482": "528", "438": "482", "439": "483", "125": "144", "154": "173", "161": "180", "164": "183",
             "173": "193", "313": "351", "374": "415"},
    "IEA": {"65B": "63", "27": "23(2)", "106": "109"},
}  # fmt: skip


def test_the_acts_and_their_bounds_are_those_of_the_grammar():
    assert set(statutes.acts()) == {*CERTAIN, *SOFT, "CONST"}
    assert all(statutes.acts()[key].sections == highest for key, highest in {**CERTAIN, **SOFT}.items())
    assert all(statutes.validity(f"{key}:{highest + 1}") == "impossible" for key, highest in CERTAIN.items())
    assert all(statutes.validity(f"{key}:{highest + 1}") == "doubtful" for key, highest in SOFT.items())
    assert all(statutes.exists(f"{key}:{highest}") for key, highest in {**CERTAIN, **SOFT}.items())


def test_the_successors_are_those_of_the_grammar_and_no_more():
    told = {(f"{old}:{one}", new) for old, found in SUCCESSORS.items() for one, new in found.items()}
    codes = {"IPC": "BNS", "CRPC": "BNSS", "IEA": "BSA"}
    assert all(statutes.successors(old) == (f"{codes[old.partition(':')[0]]}:{new}",) for old, new in told)
    known = {(old, new) for act in codes for number in range(1, 520) for letter in ("", "A", "B")
             for old in [f"{act}:{number}{letter}"] for new in statutes.successors(old)}  # fmt: skip
    assert len(known) == len(told) == 27


def test_old_acts_end_on_the_days_of_the_grammar():
    days = {key: act.until.isoformat() for key, act in statutes.acts().items() if act.until}
    codes = dict.fromkeys(("IPC", "CRPC", "IEA"), "2024-07-01")
    assert days == {**codes, "INCOMETAX": "2026-04-01", "ID": "2025-11-21"}


@pytest.mark.parametrize(
    ("canonical", "validity"),
    [
        ("IPC:302", "possible"),
        ("IPC:511", "possible"),
        ("IPC:620", "impossible"),
        ("IPC:620(2)", "impossible"),
        ("IPC:512A", "doubtful"),
        ("BNS:358", "possible"),
        ("BNS:359", "impossible"),
        ("CONST:395", "possible"),
        ("CONST:396", "impossible"),
        ("CONST:300A", "possible"),
        ("CPC:158", "possible"),
        ("CPC:159", "impossible"),
        ("CPC:O51R1", "possible"),
        ("CPC:O52R1", "doubtful"),
        ("LIMITATION:ART137", "possible"),
        ("LIMITATION:ART138", "doubtful"),
        ("PMLA:76", "doubtful"),
        ("OTHER PUBLIC GAMBLING:900", "possible"),
        ("no statute at all", "possible"),
    ],
)
def test_only_a_plain_number_above_a_known_maximum_is_impossible(canonical, validity):
    assert statutes.validity(canonical) == validity
    assert statutes.exists(canonical) == (validity != "impossible")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("IPC:302", "BNS:103"),
        ("IPC:376(2)(n)", "BNS:64"),
        ("CRPC:482", "BNSS:528"),
        ("IEA:65B", "BSA:63"),
        ("IPC:304B", "BNS:80"),
    ],
)
def test_a_section_has_its_successor(old, new):
    assert statutes.successors(old) == (new,)
    assert statutes.is_successor(new, of=old)


def test_a_letter_is_another_section():
    assert statutes.successors("IPC:304") == ()
    assert statutes.base_section("IPC:304B") == "IPC:304B"


def test_inherent_powers_are_not_anticipatory_bail():
    assert not statutes.is_successor("BNSS:482", of="CRPC:482")


def test_the_successor_may_be_named_by_its_section_but_not_by_another_clause():
    assert statutes.is_successor("BNS:318", of="IPC:420")
    assert statutes.is_successor("BNS:103(1)", of="IPC:302")
    assert not statutes.is_successor("BNS:3(4)", of="IPC:34")
    assert not statutes.is_successor("BNS:31", of="IPC:34")


@pytest.mark.parametrize(
    ("canonical", "base"),
    [
        ("IPC:376(2)(n)", "IPC:376"),
        ("CPC:O7R11(d)", "CPC:O7R11"),
        ("OTHER URBAN LAND (CEILING):10(3)", "OTHER URBAN LAND (CEILING):10"),
    ],
)
def test_a_base_section_has_no_clauses(canonical, base):
    assert statutes.base_section(canonical) == base


def test_an_order_and_rule_is_taken_apart():
    rule = statutes.parse_statute("CPC:O13AR3(1)")
    assert rule == statutes.Statute("CPC", "rule", 3, clauses=("(1)",), order=13, order_letter="A")


def test_acts_know_their_days():
    acts = statutes.acts()
    assert (acts["IPC"].succeeded_by, acts["IPC"].until) == ("BNS", date(2024, 7, 1))
    assert (acts["CONST"].succeeded_by, acts["CONST"].until) == (None, None)
    assert acts["BNSS"].since == date(2024, 7, 1)


def test_every_successor_can_exist():
    assert all(
        statutes.exists(old) and all(map(statutes.exists, statutes.successors(old))) for old in ("IPC:34", "CRPC:374")
    )
    assert all(act.succeeded_by in (*statutes.acts(), None) or act.until for act in statutes.acts().values())
