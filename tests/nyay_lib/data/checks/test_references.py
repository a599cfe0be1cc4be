# ruff: noqa: E501 (texts are kept whole)
"""Answers that name what the judgment does not, or tell another outcome than the court recorded."""

import pytest

from nyay_lib.data.checks.references import outcome_conflict, unsupported_reference
from tests.nyay_lib.data.checks.rows import row

SOURCE = """IN THE HIGH COURT OF JUDICATURE AT BOMBAY

Criminal Appeal No. 214 of 2015

Bhagwan Sonkamble, aged 41 years, agriculturist, resident of Ausa ... Appellant

Versus

The State of Maharashtra ... Respondent

Date: 12 March 2021

1. The appellant was convicted under Section 302 of the Indian Penal Code by judgment dated 17 January 2015. He was
examined under Section 313 of the Code of Criminal Procedure. Section 34 was not pressed. The deceased had lent him
Rs. 40,000/-; the medical bills come to 1,25,300 in all.

2. In Harising Pawara v. State of Madhya Pradesh, (2011) 4 SCC 1225, the test was stated. Article 21 of the Constitution
was invoked. The CNR is HCBM030212662015 and the earlier citation 2019 SCC OnLine Bom 123 was distinguished."""

NAMES_MORE = [
    "Section 307 of the Indian Penal Code was held to be proved.",
    "Section 313 of the Indian Penal Code was complied with.",
    "The charge under Section 302A IPC failed.",
    "The court applied Article 226 of the Constitution.",
    "(2012) 4 SCC 1225 was followed.",
    "AIR 1998 SC 2214 was followed.",
    "2019 SCC OnLine Del 123 was distinguished.",
    "2023 INSC 456 was followed.",
    "Kesavananda Bharati v. State of Kerala was followed.",
    "The loan was of Rs. 4,00,000/-.",
    "Costs of Rs. 5,000 were imposed.",
    "Judgment was delivered on 12 March 2020.",
    "The incident is of 3 December 2012.",
    "Criminal Appeal No. 215 of 2015 was decided together.",
    "The First Information Report is Crime No. 88 of 2012.",
    "The CNR is HCBM030212672015.",
    "Section 103 of the Bharatiya Nyaya Sanhita was applied.",
    "Section 620 of the Indian Penal Code was applied.",
    "धारा 420 भारतीय दण्ड संहिता लागू की गई।",
]
NAMES_NO_MORE = [
    "The appeal was dismissed, for the eye-witnesses were believed.",
    "The conviction under Section 302 IPC was upheld on 12.03.2021.",
    "Section 302 IPC, now Section 103 BNS, was proved.",
    "The appellant was examined u/s 313 Cr.P.C.",
    "Section 34 of the Indian Penal Code was not pressed.",
    "The medical bills come to Rs. 1,25,300.",
    "He had borrowed Rs. 40000.",
    "This is Bhagwan Sonkamble v. State of Maharashtra.",
    "This is Criminal Appeal No. 214/2015, CNR HCBM03-021266-2015.",
    "(2011) 4 S.C.C. 1225 states the test.",
    "Harising Pawara vs State of Madhya Pradesh states the test.",
    "Art. 21 was invoked.",
    "The trial court had decided on January 17, 2015.",
    "PW-3 and Exhibit P-7 were believed; 3 of 5 witnesses turned hostile; 90 per cent burns were found.",
    "He is 41 years old and lives at Ausa.",
    "Case number: Cri. A. No. 214 of 2015\nDate: 12/03/2021\nParties: Bhagwan Sonkamble\nIndian Penal Code, Section 302",
]
DECIDED = {
    "dismissed": "The court found the witnesses truthful. In the result, the appeal is dismissed.",
    "allowed": "The court found the notice bad. In the result, the petition is allowed.",
    "partly": "The sentence alone was too severe. In the result, the appeal is partly allowed.",
    "quashed": "No offence was disclosed. The criminal proceedings are quashed.",
    "acquitted": "The chain was broken. The appeal is allowed and the appellant is acquitted.",
    "remanded": "No reasons were given. The matter is remanded for a fresh decision.",
    "withdrawn": "After some argument the petition was dismissed as withdrawn.",
    "bail": "The applicant has been in custody for two years. Bail is granted on a bond of Rs. 25,000.",
    "refused": "The offence is grave. The application for bail is rejected.",
    "silent": "The court read Section 27 of the Evidence Act to admit only what leads to a discovery.",
    "Hindi": "साक्ष्य विश्वसनीय पाया गया। अपील खारिज की गई।",
}
CONFLICTS = [
    ("dismissed", "Allowed"),
    ("dismissed", "ALLOWED"),
    ("dismissed", "Quashed"),
    ("dismissed", "Acquitted"),
    ("dismissed", "Partly Allowed"),
    ("dismissed", "Remanded"),
    ("dismissed", "Disposed off with directions"),
    ("allowed", "Dismissed"),
    ("allowed", "Dismissed on merits"),
    ("allowed", "Dismissed as Withdrawn"),
    ("partly", "DISMISSED"),
    ("quashed", "Dismissed"),
    ("acquitted", "Dismissed"),
    ("acquitted", "Convicted"),
    ("remanded", "Dismissed"),
    ("withdrawn", "Allowed"),
    ("bail", "Rejected"),
    ("refused", "Bail granted"),
    ("Hindi", "स्वीकार"),
]
AGREEMENTS = [
    ("dismissed", "Dismissed"),
    ("dismissed", "DISMISSED"),
    ("dismissed", "Disposed"),
    ("dismissed", "Dismissed as withdrawn"),
    ("dismissed", "Transferred"),
    ("dismissed", ""),
    ("dismissed", None),
    ("allowed", "Allowed"),
    ("allowed", "Partly allowed"),
    ("allowed", "Disposed of with directions"),
    ("partly", "Allowed in part"),
    ("quashed", "Allowed"),
    ("acquitted", "Appeal allowed"),
    ("remanded", "Allowed"),
    ("withdrawn", "Dismissed"),
    ("bail", "Allowed"),
    ("refused", "Dismissed"),
    ("silent", "Allowed"),
    ("silent", "Dismissed"),
    ("Hindi", "खारिज"),
]


@pytest.mark.parametrize("output", NAMES_MORE)
def test_a_reference_that_nothing_supports_is_told(output: str) -> None:
    assert unsupported_reference(row(output, SOURCE))


@pytest.mark.parametrize("output", NAMES_NO_MORE)
def test_a_reference_in_other_words_is_supported(output: str) -> None:
    assert unsupported_reference(row(output, SOURCE)) is None


def test_the_register_and_the_question_support() -> None:
    output = "Writ Petition No. 77 of 2019 (Asha Rao v. Union of India) was decided on 4 May 2020 under Section 5 of the Arms Act."
    register = {
        "case_number": "W.P. 77/2019",
        "date": "2020-05-04",
        "petitioner": "Asha Rao",
        "respondent": "Union of India",
    }
    question = "What was held on Section 5 of the Arms Act?"
    assert unsupported_reference(row(output, SOURCE, question)) is not None
    assert unsupported_reference(row(output, SOURCE, question, **register)) is None


def test_what_machines_read_out_of_the_judgment_supports_nothing() -> None:
    assert unsupported_reference(row("Section 307 IPC was proved.", SOURCE, statutes=["Section 307 IPC"]))


def test_a_judgment_of_any_length_is_read_to_its_end() -> None:
    source = "Nothing is said here of any section.\n\n" * 3000 + "Section 7 of the Arms Act was applied."
    assert unsupported_reference(row("Section 7 of the Arms Act was applied.", source)) is None
    assert unsupported_reference(row("Section 8 of the Arms Act was applied.", source))


@pytest.mark.parametrize(("told", "recorded"), CONFLICTS)
def test_two_outcomes_conflict(told: str, recorded: str) -> None:
    assert outcome_conflict(row(DECIDED[told], disposal_nature=recorded))


@pytest.mark.parametrize(("told", "recorded"), AGREEMENTS)
def test_outcomes_that_courts_record_one_for_the_other_agree(told: str, recorded: str | None) -> None:
    assert outcome_conflict(row(DECIDED[told], disposal_nature=recorded)) is None


def test_who_moved_decides_what_a_conviction_means() -> None:
    state = "1. The State of Karnataka is in appeal against the acquittal of the respondent."
    answer = "The High Court believed the eye-witness. The State's appeal is dismissed."
    assert outcome_conflict(row(answer, state, disposal_nature="Acquitted")) is None
    assert outcome_conflict(row(answer, state, disposal_nature="Convicted"))
    assert outcome_conflict(row(DECIDED["dismissed"], disposal_nature="Convicted")) is None
