"""Courts by their many names."""

import time

import pytest

from nyay_lib.law.courts import name_courts

COURTS = {
    "High Court of Bombay": ["HC BOM"],
    "High Court of Judicature at Bombay": ["HC BOM"],
    "BOMBAY HIGH COURT, Bench at Aurangabad": ["HC BOM"],
    "High Court of Judicature for Rajasthan at Jodhpur": ["HC RAJ"],
    "High Court for the State of Telangana": ["HC TEL"],
    "the High Court of Punjab & Haryana at Chandigarh": ["HC P&H"],
    "High Court of Delhi at New Delhi": ["HC DEL"],
    "Orissa High Court": ["HC ORI"],
    "High Court of Odisha": ["HC ORI"],
    "Supreme Court of India": ["SC"],
    "उच्चतम न्यायालय": ["SC"],
    "राजस्थान उच्च न्यायालय, जोधपुर": ["HC RAJ"],
    "उच्च न्यायालय मध्य प्रदेश, मुख्य पीठ जबलपुर": ["HC MP"],
    "छत्तीसगढ़ उच्च न्यायालय": ["HC CHH"],
    "The Supreme Court reversed the Madras High Court": ["SC", "HC MAD"],
    "Family Court, Lucknow": [],
    "the High Court": [],
    "the State of Delhi": [],
    "": [],
}


@pytest.mark.parametrize(("text", "courts"), COURTS.items())
def test_a_court_is_known_by_each_of_its_names(text: str, courts: list[str]) -> None:
    assert name_courts(text) == courts


@pytest.mark.parametrize("piece", ["high court of the ", "delhi, ", "उच्च न्यायालय, ", "high court,,,,,,"])
def test_half_names_repeated_take_linear_time(piece: str) -> None:
    start = time.process_time()
    name_courts(piece * (500_000 // len(piece)))
    assert time.process_time() - start < 1
