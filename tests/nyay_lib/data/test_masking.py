"""Identifiers of persons and the numbers that only look like them. All numbers are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.data.masking import has_check_digit, mask


def aadhaar(first: str) -> str:
    """Twelve digits in fours with the right check digit."""
    digits = next(first + str(n) for n in range(10) if has_check_digit(first + str(n)))
    return f"{digits[:4]} {digits[4:8]} {digits[8:]}"


MASKED = {
    "mobile": ("His mobile number is 9876543210.", "His mobile number is [PHONE]."),
    "with country code": ("Call +91-98765 43210 today.", "Call [PHONE] today."),
    "in two parts": ("Contact: 98765-43210", "Contact: [PHONE]"),
    "WhatsApp": ("on WhatsApp No. 8765432109 he wrote", "on WhatsApp No. [PHONE] he wrote"),
    "without a word": ("The deceased spoke to 9765432108 thrice.", "The deceased spoke to [PHONE] thrice."),
    "landline": ("Tel. 022-22621234", "Tel. [PHONE]"),
    "Hindi": ("मोबाइल नंबर 9876543210 से", "मोबाइल नंबर [PHONE] से"),
    "e-mail": ("write to ravi.kumar_99@example.co.in at once", "write to [EMAIL] at once"),
    "PAN": ("PAN ABCPK1234L was produced", "PAN [PAN] was produced"),
    "PAN of a firm": ("holding PAN AAAFB5678C", "holding PAN [PAN]"),
    "PAN in pieces": ("his PAN is ABCPK 1234 L", "his PAN is [PAN]"),
    "Aadhaar with its word": ("Aadhaar No. 1234 5678 9012".replace("1234 ", "2234 "), "Aadhaar No. [AADHAAR]"),
    "Aadhaar in one": ("आधार संख्या 223456789012", "आधार संख्या [AADHAAR]"),
    "Aadhaar by its check digit": (f"card {aadhaar('22345678901')} was seized", "card [AADHAAR] was seized"),
    "IFSC": ("IFSC SBIN0001234", "IFSC [IFSC]"),
    "IFSC without its word": ("at HDFC0000123 branch", "at [IFSC] branch"),
    "account": ("Savings account No. 30123456789 of the Bank", "Savings account No. [ACCOUNT] of the Bank"),
    "a/c": ("A/c no. 0123 4567 8901 2345", "A/c no. [ACCOUNT]"),
    "Hindi account": ("खाता संख्या 30123456789 में", "खाता संख्या [ACCOUNT] में"),
}
KEPT = [
    "CNR HCBM030212662025",
    "CNR No. HCBM03-021266-2025",
    "Criminal Appeal No. 1234567 of 2020",
    "Challan No. 9876543210 dated 05.04.2019",
    "Receipt No. 9876543210",
    "Rs. 9876543210/- was claimed",
    "₹98,76,54,321 was claimed",
    "(2011) 4 SCC 1225; AIR 1998 SC 2214; 2019 SCC OnLine Del 9876",
    "2024:BHC-AUG:15099-DB",
    "GSTIN 27ABCPK1234L1Z5",
    "dated 12.03.2021, 12-03-2021 and 2021-03-12",
    "Survey No. 9876543210 is in Latur",
    "Invoice no. 8765432109 of the firm",
    "Policy No. 7654321098 lapsed",
    "Cheque No. 987654 for Rs. 5,00,000/-",
    "on account of 30 days' delay in 2019",
    "the account of PW-1 is 15 pages long",
    "UTR 876543210987 was shown",
    "FIR No. 88/2012 under Sections 465, 468, 471",
    "Diary No. 9876543210",
    "IMEI 987654321098765 was traced",
    "the value is 9876543210123456789",
    "CRLA0123456 is the file",
    "SLP (C) No. 12345-12350 of 2019",
    "Twelve lots of 1234 5678 9013 bricks",
    "wrote @ 9% p.a. and twitter @nobody",
    "Section 138; Order VII Rule 11; Article 226",
    "pin 400001, Mumbai",
    "Vehicle MH12AB1234 and licence MH1220110012345",
]


@pytest.mark.parametrize(("text", "masked"), MASKED.values(), ids=MASKED)
def test_an_identifier_becomes_a_token(text: str, masked: str) -> None:
    found, counts = mask(text)
    assert found == masked
    assert sum(counts.values()) == 1


@pytest.mark.parametrize("text", KEPT)
def test_numbers_that_an_answer_must_name_stay(text: str) -> None:
    assert mask(text) == (text, {})


def test_kinds_are_counted() -> None:
    text = "Mobile 9876543210 and 9876543211, PAN ABCPK1234L, a@b.in"
    assert mask(text)[1] == {"EMAIL": 1, "PAN": 1, "PHONE": 2}


@given(st.text() | st.text("0123456789 -+@./ABCPKXa", max_size=80))
def test_masking_twice_is_masking_once(text: str) -> None:
    once, _ = mask(text)
    assert mask(once) == (once, {})
