"""Grounding by hand: what an answer cites, against what its judgment says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.evaluation import check_grounding
from nyay_lib.law import Reference

SOURCE = """
IN THE HIGH COURT OF JUDICATURE AT BOMBAY

Criminal Appeal No. 214 of 2015

Bhagwan Tukaram Sonkamble, aged 41 years, agriculturist, resident of taluka Ausa ... Appellant

Versus

The State of Maharashtra ... Respondent

Date: 12 March 2021

1. The appellant was convicted under Sections 302, 304-B and 498-A r/w 34 of the Indian Penal Code by judgment dated
17 January 2015. His statement under Section 313 Cr.P.C. was recorded. The certificate under Section 65B of the Indian
Evidence Act is wanting. Section 376(2)(n) IPC was not pressed.

2. Ramrao lent him Rs. 40,000/- and later 1.5 lakh rupees. FIR No. 88/2012 was registered. In Harising Pawara v. State
of Madhya Pradesh, (2011) 4 SCC 1225, and Dnyanoba Kendrekar v. State of Maharashtra, 2014 (2) Bom CR 1118, the law is
settled. See also AIR 1998 SC 2214, 2019 SCC OnLine Bom 123, 2023 INSC 456 and 2024:BHC-AUG:15099-DB.

3. The suit, rejected under Order VII Rule 11(d) CPC, was revived under Article 227 of the Constitution of India.
Article 65 of the Limitation Act governs. The CNR is HCBM030212662025. Sections 465 to 468 of the Indian Penal Code were
invoked. Interest at 9 per cent was given under the Land Acquisition Act (for short, 'the Act'); Section 28 of the Act
was applied.
"""

SUPPORTED = {
    "the same section in other words": ("He was convicted u/s 302 IPC.", "IPC:302"),
    "one of a list": ("Cruelty under Section 498A of the IPC was proved.", "IPC:498A"),
    "the section of common intention": ("Section 34 of the Indian Penal Code applied.", "IPC:34"),
    "inside a range": ("Section 467 IPC was invoked.", "IPC:467"),
    "the code by its short name": ("Section 313 of the Code of Criminal Procedure was complied with.", "CRPC:313"),
    "a lettered section of evidence": ("S. 65-B of the Evidence Act was not met.", "IEA:65B"),
    "order and rule": ("The plaint was rejected under O. 7 R. 11(d) of the CPC.", "CPC:O7R11(d)"),
    "an article without its constitution": ("The court acted under Article 227.", "CONST:227"),
    "an article of limitation": ("Article 65 of the Limitation Act was applied.", "LIMITATION:ART65"),
    "an act defined for short": ("Section 28 of the Land Acquisition Act gave interest.", "OTHER LAND ACQUISITION:28"),
    "a date in figures": ("Judgment was given on 12.03.2021.", "2021-03-12"),
    "a date in American order": ("The conviction is of January 17, 2015.", "2015-01-17"),
    "a sum": ("He had lent Rs 40000.", "INR:40000"),
    "a sum in lakhs": ("He had lent ₹1,50,000.", "INR:150000"),
    "a reporter with dots": ("Reliance was placed on (2011) 4 S.C.C. 1225.", "SCC|2011|4||1225"),
    "a state reporter": ("Reliance was placed on 2014(2) Bom.C.R. 1118.", "BOM CR|2014|2||1118"),
    "AIR": ("A.I.R. 1998 S.C. 2214 was followed.", "AIR|1998||SC|2214"),
    "online": ("2019 SCC Online Bom 123 was followed.", "SCC ONLINE|2019||BOM|123"),
    "neutral": ("2023 INSC 456 was followed.", "2023 INSC 456"),
    "neutral of a high court": ("2024:BHC-AUG:15099-DB was followed.", "2024:BHC-AUG:15099-DB"),
    "neutral without the strength of the bench": ("2024:BHC-AUG:15099 was followed.", "2024:BHC-AUG:15099"),
    "a case number": ("Cri. Appeal No.214/2015 was dismissed.", "CRLA|214|2015"),
    "a first information report": ("Crime No. 88 of 2012 was registered.", "FIR|88|2012"),
    "a CNR": ("CNR HCBM03-021266-2025.", "HCBM030212662025"),
    "a case": ("Harising Pawara vs State of Madhya Pradesh was followed.", "harising pawara v state of madhya pradesh"),
    "the cause title": ("This is Bhagwan Tukaram Sonkamble v. State of Maharashtra.",
                        "bhagwan tukaram sonkamble v state of maharashtra"),
}  # fmt: skip
SUPPORTED_BASE = {
    "the whole of a clause": ("Section 376 IPC was not pressed.", "IPC:376"),
    "another clause": ("Section 376(2)(f) IPC was not pressed.", "IPC:376(2)(f)"),
    "a clause of a whole": ("Section 302(1) IPC was proved.", "IPC:302(1)"),
    "another clause of a rule": ("Order VII Rule 11(a) of the CPC was applied.", "CPC:O7R11(a)"),
    "a clause of an article": ("Article 227(1) of the Constitution was invoked.", "CONST:227(1)"),
}
DERIVED = {
    "the new number beside the old": ("Section 302 IPC (now Section 103 of the BNS) was proved.", "BNS:103"),
    "a clause of the new section": ("Section 302 IPC, now Section 103(1) BNS.", "BNS:103(1)"),
    "a lettered section": ("Section 498A IPC, now Section 85 BNS.", "BNS:85"),
    "common intention": ("Section 34 IPC, now Section 3(5) BNS.", "BNS:3(5)"),
    "procedure": ("Section 313 CrPC, now Section 351 BNSS.", "BNSS:351"),
    "evidence": ("Section 65B of the Evidence Act, now Section 63 of the BSA.", "BSA:63"),
    "the predecessor by its base": ("Section 376 IPC, now Section 64 BNS.", "BNS:64"),
}
UNSUPPORTED = {
    "another section": ("Section 307 IPC was proved.", "IPC:307"),
    "a letter is another section": ("Section 304 of the IPC was proved.", "IPC:304"),
    "a letter more": ("Section 302A of the IPC was proved.", "IPC:302A"),
    "the right number of another act": ("Section 302 of the CrPC was cited.", "CRPC:302"),
    "the new number without the old": ("Section 103 of the BNS was proved.", "BNS:103"),
    "the new number beside another old one": ("Section 304B IPC, now Section 103 BNS.", "BNS:103"),
    "another clause of the new section": ("Section 34 IPC, now Section 3(4) BNS.", "BNS:3(4)"),
    "a predecessor that is unsupported itself": ("Section 420 IPC, now Section 318(4) BNS.", "BNS:318(4)"),
    "another rule": ("Order VII Rule 10 CPC was applied.", "CPC:O7R10"),
    "another article": ("Article 226 of the Constitution was invoked.", "CONST:226"),
    "another volume": ("(2011) 5 SCC 1225 was followed.", "SCC|2011|5||1225"),
    "another page": ("(2011) 4 SCC 1226 was followed.", "SCC|2011|4||1226"),
    "another year": ("AIR 1999 SC 2214 was followed.", "AIR|1999||SC|2214"),
    "another neutral number": ("2023 INSC 465 was followed.", "2023 INSC 465"),
    "another bench": ("2024:BHC-AS:15099 was followed.", "2024:BHC-AS:15099"),
    "another case number": ("Criminal Appeal No. 215 of 2015 was cited.", "CRLA|215|2015"),
    "another kind of case": ("Writ Petition No. 214 of 2015 was cited.", "WP|214|2015"),
    "day and month turned round": ("It was decided on 03.12.2021.", "2021-12-03"),
    "another sum": ("He had lent Rs. 4,00,000/-.", "INR:400000"),
    "another CNR": ("CNR HCBM030212672025.", "HCBM030212672025"),
    "another case name": ("Kesavananda Bharati v. State of Kerala was followed.",
                          "kesavananda bharati v state of kerala"),
    "parties of two cases": ("Harising Pawara v. State of Maharashtra was followed.",
                             "harising pawara v state of maharashtra"),
    "parties turned round": ("State of Maharashtra v. Bhagwan Tukaram Sonkamble.",
                             "state of maharashtra v bhagwan tukaram sonkamble"),
}  # fmt: skip
INVALID = {
    "over the last section": ("Section 620 of the IPC was proved.", "IPC:620"),
    "over the last article": ("Article 400 of the Constitution was invoked.", "CONST:400"),
    "over the last section of a new code": ("Section 359 of the BNS was proved.", "BNS:359"),
}


def classes(answer: str, source: str = SOURCE, **more: str) -> dict[str, str]:
    return {found.canonical: support for found, support in check_grounding(answer, source, **more).classes.items()}


@pytest.mark.parametrize(
    ("support", "answer", "canonical"),
    [
        pytest.param(support, *case, id=f"{support}: {name}")
        for support, cases in {
            "supported": SUPPORTED,
            "supported_base": SUPPORTED_BASE,
            "derived": DERIVED,
            "unsupported": UNSUPPORTED,
            "invalid": INVALID,
        }.items()
        for name, case in cases.items()
    ],
)
def test_a_reference_has_its_class(support: str, answer: str, canonical: str) -> None:
    assert classes(answer)[canonical] == support


def test_the_instruction_supports() -> None:
    question = "Was Section 307 IPC made out?"
    assert classes("Section 307 IPC was not made out.", instruction=question) == {"IPC:307": "supported"}


def test_the_reference_answer_does_not_support() -> None:
    found = check_grounding("Section 307 IPC was proved.", SOURCE, reference="Section 307 IPC.")
    assert found.classes == {Reference("statute", "IPC:307"): "reference_only"}
    assert found.unsupported == [Reference("statute", "IPC:307")]


def test_crpc_482_became_bnss_528_and_not_bnss_482() -> None:
    source = "The petition is under Section 482 of the Code of Criminal Procedure."
    answer = "Section 482 CrPC, now Section 528 BNSS and not Section 482 BNSS."
    assert classes(answer, source) == {"CRPC:482": "supported", "BNSS:528": "derived", "BNSS:482": "unsupported"}


def test_lists_are_sorted_and_count_what_they_say() -> None:
    answer = "Section 620 IPC, Section 307 IPC and Rs. 75. Section 498A IPC, now 85 BNS; Section 302 IPC, now 103 BNS."
    found = check_grounding(answer, SOURCE)
    assert [item.canonical for item in found.unsupported] == ["INR:75", "IPC:307", "IPC:620"]
    assert [item.canonical for item in found.derived] == ["BNS:103", "BNS:85"]


def test_an_answer_without_references_is_told_apart_from_a_clean_one() -> None:
    silent, clean = check_grounding("The appeal fails.", SOURCE), check_grounding("Section 302 IPC.", SOURCE)
    assert silent.no_references and not silent.unsupported
    assert not clean.no_references and not clean.unsupported


def test_a_judgment_supports_all_that_it_says() -> None:
    found = check_grounding(SOURCE, SOURCE)
    assert set(found.classes.values()) == {"supported"}
    assert len(found.classes) > 25


@given(st.text(), st.text(), st.text())
def test_no_text_makes_it_raise(answer: str, source: str, reference: str) -> None:
    assert isinstance(check_grounding(answer, source, "", reference).no_references, bool)
