import pytest

from nyay_lib.law.normalise import MASK, normalise
from nyay_lib.law.reference import Mention


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Sec-\ntion  302", "Section 302"),
        ("SEC-\nTION", "SECTION"),
        ("498-\nA", "498-A"),
        ("465-\n468", "465-468"),
        ("2024:BHC-\nAUG:15099", "2024:BHC-AUG:15099"),
        ("१९९८", "1998"),
        ("498-क", "498A"),
        ("465\u2013468", "465-468"),
        ("\u201cthe Act\u201d", '"the Act"'),
        ("a\u00a0b\u200bc", "a bc"),
    ],
)
def test_writes_alike_what_means_alike(written, read):
    assert normalise(written).cased == read


def test_the_three_spellings_share_their_positions():
    text = normalise("İstanbul v. State\n\n of  Kerala")
    assert len(text.paragraphs) == len(text.cased) == len(text.lower)
    assert text.paragraphs.index("\n") == text.cased.index(" of")


def test_a_mask_keeps_the_positions():
    text = normalise("Section 302 IPC")
    masked = text.without([Mention(8, 11, "statute", "IPC:302"), Mention(8, 11, "statute", "IPC:34")])
    assert masked.cased == f"Section {MASK * 3} IPC"
