"""Which model is asked when nobody says which."""

import os
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import ServingError
from nyay_lib.serving.model import budget_on_disk, find_model
from tests.nyay_lib.serving.made import configuration, make_run, put_into_production


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    return configuration(tmp_path)


def test_production_is_asked_before_a_newer_run(config: PipelineConfig) -> None:
    put_into_production(config, make_run(config, "old"))
    make_run(config, "new")
    found = find_model(config)
    assert (found.run.run_id, found.is_production, found.tag) == ("old", True, "nyay-ai:production")
    assert found.budget.limit == 768


def test_without_production_the_newest_is_asked(config: PipelineConfig) -> None:
    for age, run_id in enumerate(("b", "a")):
        result = make_run(config, run_id).result("quantize")
        os.utime(result, (age, age))
    assert find_model(config).run.run_id == "a"


def test_a_named_run_is_asked(config: PipelineConfig) -> None:
    put_into_production(config, make_run(config, "old"))
    make_run(config, "new")
    found = find_model(config, "new")
    assert (found.run.run_id, found.is_production) == ("new", False)
    with pytest.raises(ServingError, match="run 'new' is not in Ollama"):
        print(found.tag)


def test_no_run_an_unknown_run_and_a_lost_file_are_named(config: PipelineConfig) -> None:
    with pytest.raises(ServingError, match="holds no run with a finished model; make one with"):
        find_model(config)
    run = make_run(config, "only")
    with pytest.raises(ServingError, match="run 'other' has no model"):
        find_model(config, "other")
    next(run.gguf.iterdir()).unlink()
    with pytest.raises(ServingError, match=r"nyay-ai-f16.gguf: is gone; run 'only' again"):
        find_model(config)


def test_without_a_run_tokens_are_counted_as_the_configured_base_does(config: PipelineConfig) -> None:
    tiny = config.model_copy(update={"model": config.model.model_copy(update={"name": "embedded:tiny-random"})})
    assert budget_on_disk(tiny).limit == 768
