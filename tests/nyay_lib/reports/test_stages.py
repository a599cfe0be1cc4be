"""The steps of a run as a drawing and a table, and the summary of a run that did not come to its end."""

import re
from typing import get_args

from nyay_lib.reports.stages import COLOURS, STEPS, Became, Stage, diagram, stages_grid
from nyay_lib.reports.unfinished import unfinished_page

STAGES = [
    Stage("preflight", "done", 0.4, {"preflight": "/v2/artifacts/artifact/1"}),
    Stage("convert", "reused", 0.2, {}),
    Stage("train", "failed", 3661.0, {"train": "/v2/artifacts/artifact/2", "train-log": "/v2/artifacts/artifact/3"}),
    Stage("evaluate", "not reached", None, {}),
]
COMMAND = "prefect deployment run 'train-nyay/local' -p run_id=x"


def test_every_way_in_which_a_step_may_end_has_its_colour() -> None:
    assert set(COLOURS) == set(get_args(Became))


def test_a_drawing_names_each_step_with_what_became_of_it() -> None:
    drawn = diagram(STAGES)
    assert re.findall(r'\["(.+)"\]:::(\w+)', drawn) == [
        ("preflight: done, 0.4 s", "done"),
        ("convert: reused", "reused"),
        ("train: failed, 1 h 1 min", "failed"),
        ("evaluate: not reached", "not_reached"),
    ]
    assert "s0 --> s1 --> s2 --> s3" in drawn and drawn.count("classDef") == 4


def test_a_table_leads_to_every_page() -> None:
    row = "| train | failed | 1 h 1 min | [train](/v2/artifacts/artifact/2), [train-log](/v2/artifacts/artifact/3) |"
    assert row in stages_grid(STAGES)


def test_an_unfinished_run_says_what_failed_what_stands_and_how_to_go_on() -> None:
    page = unfinished_page("x", "failed", "NyayError: *no* <b>memory</b>\nmore", STAGES, COMMAND)
    assert page.markdown.startswith("# Run x: failed at train\n")
    assert "> NyayError: \\*no\\* &lt;b>memory" in page.markdown.replace("\\>", ">")
    assert "What stands is used again: convert." in page.markdown and f"```text\n{COMMAND}\n```" in page.markdown
    assert page.gist == "failed at train: NyayError: *no* <b>memory</b> more"


def test_a_run_of_which_nothing_is_known_has_a_page_too() -> None:
    stages = [Stage(name, "not reached", None, {}) for name in STEPS]
    page = unfinished_page(None, "crashed", "", stages, COMMAND)
    assert page.markdown.startswith("# The run crashed\n") and "Nothing has been made yet." in page.markdown
