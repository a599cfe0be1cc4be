from datetime import date

import pytest

from nyay_lib.law import statutes


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
    assert statutes.predecessors("BNSS:482") == ("CRPC:438",)


def test_the_successor_may_be_named_by_its_section_but_not_by_another_clause():
    assert statutes.is_successor("BNS:318", of="IPC:420")
    assert statutes.is_successor("BNS:103(1)", of="IPC:302")
    assert not statutes.is_successor("BNS:3(4)", of="IPC:34")
    assert not statutes.is_successor("BNS:31", of="IPC:34")


def test_predecessors_are_found_by_section_and_clause():
    assert statutes.predecessors("BNS:318(4)") == statutes.predecessors("BNS:318") == ("IPC:420",)
    assert statutes.predecessors("BNS:1") == ()


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
    assert statutes.successor_act("IPC") == ("BNS", date(2024, 7, 1))
    assert statutes.successor_act("CONST") is None
    assert statutes.in_force_since("BNSS") == date(2024, 7, 1)
    assert statutes.in_force_since("no such act") is None


def test_every_successor_can_exist():
    assert all(
        statutes.exists(old) and all(map(statutes.exists, statutes.successors(old))) for old in ("IPC:34", "CRPC:374")
    )
    assert all(act.succeeded_by in (*statutes.acts(), None) or act.until for act in statutes.acts().values())
