"""The divergence of two stages is exact, whatever pieces the logits come in, and what is not a number is an error."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nyay_lib.engine.stage import Logits, Read, figures_file, log_softmax, read_stage
from nyay_lib.engine.windows import Window, read_windows, write_windows
from nyay_lib.errors import ExportError
from nyay_lib.lines import Line, read_lines

VOCABULARY, ANSWER = 50, 70
WINDOW = Window("reference", 3, 5, tuple(range(5 + ANSWER)), ("asked", "told"))
RANDOM = np.random.default_rng(0)
FIRST = (4 * RANDOM.standard_normal((ANSWER, VOCABULARY))).astype(np.float32)
SECOND = (FIRST + 0.3 * RANDOM.standard_normal((ANSWER, VOCABULARY))).astype(np.float32)
TOKENS = Window("reference", 3, 5, tuple(n % VOCABULARY for n in WINDOW.tokens), WINDOW.texts)


def pieces(logits: Logits, size: int) -> Read:
    def read(window: Window) -> Iterator[Logits]:
        for start in range(0, len(logits), size):
            yield logits[start : start + size]

    return read


def figures(folder: Path, second: Logits, size: int) -> Line:
    """The second stage against the first."""
    read_stage(folder, "a", [TOKENS], pieces(FIRST, 7), lambda: None, against=None, keep=True)
    read_stage(folder, "b", [TOKENS], pieces(second, size), lambda: None, against="a", keep=False)
    (line,) = read_lines(figures_file(folder, "b"))
    return line


@pytest.mark.parametrize("size", [1, 33, ANSWER])
def test_the_divergence_is_that_of_the_definition(tmp_path: Path, size: int) -> None:
    line = figures(tmp_path, SECOND, size)
    p, q = (np.exp(log_softmax(logits)) for logits in (FIRST, SECOND))
    np.testing.assert_allclose(line["kl"], (p * np.log(p / q)).sum(axis=1), rtol=1e-9)
    np.testing.assert_allclose(line["nll"], -np.log(q[range(ANSWER), list(TOKENS.answer)]), rtol=1e-9)
    assert line["same"] == (FIRST.argmax(axis=1) == SECOND.argmax(axis=1)).astype(int).tolist()
    assert line["hit"] == (SECOND.argmax(axis=1) == TOKENS.answer).astype(int).tolist()


def test_a_stage_does_not_differ_from_itself_or_by_a_constant(tmp_path: Path) -> None:
    line = figures(tmp_path, (FIRST + 1).astype(np.float32), 16)
    assert np.abs(line["kl"]).max() < 1e-12 and set(line["same"]) == {1}


def test_logits_that_are_not_finite_name_stage_and_row(tmp_path: Path) -> None:
    broken = SECOND.copy()
    broken[40, 2] = np.nan
    with pytest.raises(ExportError, match="b: row 3 has logits that are not finite"):
        figures(tmp_path, broken, 16)


@pytest.mark.parametrize("columns", [VOCABULARY - 1, VOCABULARY + 1])
def test_another_vocabulary_is_an_error(tmp_path: Path, columns: int) -> None:
    other = np.zeros((ANSWER, columns), np.float32)
    with pytest.raises(ExportError, match="vocabular"):
        figures(tmp_path, other, ANSWER)


def test_windows_survive_the_way_over_the_disk(tmp_path: Path) -> None:
    write_windows(tmp_path, [WINDOW, TOKENS])
    assert read_windows(tmp_path) == [WINDOW, TOKENS]
    assert (WINDOW.answer, len(WINDOW.inputs)) == (tuple(range(5, 75)), 74)
