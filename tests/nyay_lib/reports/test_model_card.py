"""The model card: in the form of the hub, honest about what was not measured, and about the licence of the base."""

from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from nyay_lib.config import PipelineConfig
from nyay_lib.data.languages import languages_of
from nyay_lib.evaluation.verdict import Outcome
from nyay_lib.export.model_card import write_card
from nyay_lib.export.model_files import MergedModel
from nyay_lib.reports.model_card import Facts, model_card, notice
from nyay_lib.runs import RunDir
from tests.nyay_lib.evaluation.made import INVENTED, make_bench, model, report_of
from tests.nyay_lib.made import adapter_of, base_of, dataset_of, gguf_of, verdict_of

LLAMA = {"name": "meta-llama/Llama-3.2-3B-Instruct", "revision": "0cb88a4f", "licence": "llama3.2"}


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Any]:
    """What is known when the model is fused."""
    (tmp_path / "adapters.safetensors").write_bytes(b"weights")
    data = dataset_of(tmp_path / "data")
    merged = MergedModel(inputs="m", folder=tmp_path, digest="m" * 64, bytes=6_400_000_000, adapted_modules=112)
    return {
        "config": PipelineConfig(),
        "run_id": "20261126-010203-abcdabcd",
        "languages": languages_of(data.train_file),
        "base": base_of(tmp_path, **LLAMA),
        "data": data,
        "adapter": adapter_of(tmp_path),
        "merged": merged,
    }


def measured(tmp_path: Path) -> dict[str, Any]:
    """What the verdict adds."""
    bench = make_bench()
    ours, base = model(bench), model(bench, lambda number, task: INVENTED, lambda number, task: 1.5)
    report = report_of(bench, {"base": base, "this model": ours})
    (tmp_path / "nyay-ai-f16.gguf").write_bytes(b"gguf")
    return {"gguf": gguf_of(tmp_path / "nyay-ai-f16.gguf"), "verdict": verdict_of(Outcome.PASS), "report": report}


def test_the_front_matter_is_what_the_hub_reads(known: dict[str, Any]) -> None:
    data = ModelCard(model_card(Facts(**known))).data.to_dict()
    assert (data["base_model"], data["license"], data["language"]) == (LLAMA["name"], "llama3.2", ["en", "hi"])
    assert (data["library_name"], data["pipeline_tag"]) == ("transformers", "text-generation")
    assert {"legal", "llama"} <= set(data["tags"]) and "model-index" not in data


def test_a_card_that_was_written_at_fusing_says_that_nothing_is_measured(known: dict[str, Any]) -> None:
    card = model_card(Facts(**known))
    assert "NOT MEASURED yet" in card and "MET" not in card.replace("NOT MEASURED", "")
    for told in ("0cb88a4f", "d" * 64, "summarization 11, research_qa 33", "rank: 16", "## Not intended use"):
        assert told in card


def test_after_the_verdict_it_has_each_figure_with_its_interval(known: dict[str, Any], tmp_path: Path) -> None:
    text = model_card(Facts(**known, **measured(tmp_path)))
    card = ModelCard(text)
    figures = {result.metric_name: result.metric_value for result in card.data.eval_results or []}
    assert figures["legal accuracy"] == 1.0 and figures["hallucination by sample"] == 0.0
    assert card.data.to_dict()["model-index"][0]["name"] == "Llama-nyay-ai"
    assert "| ROUGE-L | advisory | > 0.4 | 0.29 | 0.2 to 0.3 | MISSED | 12 answers |" in text
    assert "| better than the base | required | > 0 | 0.1 |  | PASS | 44 rows |" in text
    assert "100.0% (96.9% to 100.0%)" in next(
        line for line in text.splitlines() if line.startswith("| legal accuracy |")
    )


def test_a_llama_is_named_as_its_licence_asks(known: dict[str, Any]) -> None:
    facts = Facts(**known)
    card = model_card(facts)
    assert "# Llama-nyay-ai\n\n**Built with Llama**" in card
    assert 'to begin its name with "Llama"' in card and "handed on it is called `Llama-nyay-ai`" in card
    assert notice(facts) == (
        "Llama 3.2 is licensed under the Llama 3.2 Community License, Copyright © Meta Platforms, Inc. "
        "All Rights Reserved.\n"
    )


def test_another_base_keeps_its_name_and_its_own_licence(known: dict[str, Any], tmp_path: Path) -> None:
    name = "embedded:SmolLM2-135M-Instruct"
    facts = Facts(**known | {"base": base_of(tmp_path, name=name, licence="apache-2.0")})
    data = ModelCard(model_card(facts)).data.to_dict()
    assert data["base_model"] == "HuggingFaceTB/SmolLM2-135M-Instruct" and data["license"] == "apache-2.0"
    assert "# nyay-ai\n" in model_card(facts) and "Built with" not in model_card(facts) and notice(facts) is None


def test_no_path_of_this_machine_is_told(known: dict[str, Any], tmp_path: Path) -> None:
    base = base_of(tmp_path, name=str(tmp_path / "my-llama"), licence="unknown")
    config = PipelineConfig.model_validate({"model": {"name": str(tmp_path / "my-llama")}})
    card = model_card(Facts(**known | {"base": base, "config": config}, **measured(tmp_path)))
    assert str(tmp_path) not in card and "my-llama" in card and "base_model:" not in card
    assert "find out before you hand the model on" in card


def test_it_is_written_to_the_run_and_beside_the_weights_while_these_are_there(tmp_path: Path) -> None:
    run = RunDir.at(tmp_path, "one")
    run.merged.mkdir(parents=True)
    write_card(run, "card", "notice")
    assert [(run.merged / name).read_text() for name in ("README.md", "Notice")] == ["card", "notice"]
    (run.merged / "README.md").unlink()
    (run.merged / "Notice").unlink()
    run.merged.rmdir()
    write_card(run, "later", None)
    assert (run.root / "README.md").read_text() == "later" and not run.merged.exists()
