"""What a lawyer reads: all of it, nothing that tells whose answer is whose, and no markup of a judgment's own."""

from collections.abc import Callable

from nyay_lib.reports.review import form_text, review_page, sheet_page
from nyay_lib.review.closing import count_review
from nyay_lib.review.opening import Opened, open_review, read_key
from nyay_lib.review.opinions import keep
from nyay_lib.runs import RunDir
from tests.nyay_lib.review.conftest import NOW, opinion

TELLING = ("this model", "production", "unsupported", "val.jsonl")


def test_form_and_page_show_the_whole_and_tell_nothing(opened: Opened) -> None:
    sheet = opened.sheets[0]
    for text in (sheet_page(opened, sheet).markdown, form_text(opened, sheet, "/page")):
        assert "उच्च न्यायालय" in text and "The appeal is dismissed." in text
        assert text.index("The judgment, ") < text.index("### Answer A") < text.index("### Answer B")
        assert not any(word in text for word in TELLING)


def test_a_long_judgment_is_shown_to_its_end_and_none_of_it_is_markup(make_evaluated: Callable[..., RunDir]) -> None:
    judgment = "# Order <details>\n" + "word " * 20_000 + "</details> | the last words"
    opened = open_review(make_evaluated("long", judgment=judgment), None, None, NOW)
    text = form_text(opened, opened.sheets[0], "/page")
    assert "\\# Order &lt;details\\>" in text and "the last words" in text
    assert text.count("<details") == text.count("</details>") == 1


def test_the_last_page_names_the_models_and_counts_by_task(opened: Opened, run: RunDir) -> None:
    keep(run, [opinion(sheet.id, b=False) for sheet in opened.sheets])
    ours = sum(key.a == "this model" for key in read_key(run).values())
    page = review_page(count_review(run, opened))
    assert page.gist == f"{ours} of 8 answers approved"
    assert page.table[0] == {
        "task": "all",
        "judged": 8,
        "approved of this model": ours,
        "approved of production": 8 - ours,
    }
    assert len(page.table) == 5
