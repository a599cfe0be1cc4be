"""The gate names the stage of the export that lost what was trained, and passes nothing that was not measured."""

import pytest

from nyay_lib.config import ExportConfig, FidelityConfig, PipelineConfig
from nyay_lib.evaluation.fidelity import fidelity_rows
from nyay_lib.evaluation.verdict import Outcome, Row
from nyay_lib.export.fidelity import Fidelity, Stage, faults
from nyay_lib.export.model_files import Gguf


def stage(name: str, before: str, **changed: float) -> Stage:
    figures = {"kl": 1e-5, "kl_p99": 1e-4, "top1": 1.0, "loss": 1.0, "greedy": 1.0} | changed
    return Stage.model_validate({"name": name, "before": before, "positions": 900} | figures)


def rows(*stages: Stage, low: float | None = 0.4) -> list[Row]:
    """The rows of a q4_k_m file; the base loses 1.5 nats a token, the adapter 1."""
    given = {one.name: one for one in stages}
    usual = [stage("fuse", "adapter"), stage("gguf", "fuse"), stage("quantise q4_k_m", "gguf", kl=0.03)]
    fidelity = Fidelity(
        rows=9,
        judgments=5,
        tokens=800,
        base_loss=1.5,
        adapter_loss=1.0,
        margin_low=low,
        stages=tuple(given.get(one.name, one) for one in usual),
    )
    return list(fidelity_rows(FidelityConfig(), Gguf.model_construct(fidelity=fidelity, quantization="q4_k_m")))


def missed(*stages: Stage) -> list[str]:
    return [row.reason for row in rows(*stages) if row.outcome is Outcome.MISSED]


def test_a_sound_export_passes_at_every_stage() -> None:
    assert [(row.name, row.outcome, row.required) for row in rows()] == [
        (f"the tuning survived export: {name}", Outcome.PASS, True) for name in ("fuse", "gguf", "quantise q4_k_m")
    ]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (stage("fuse", "adapter", kl=0.004), "fuse: KL 0.004 to adapter, over 0.0001"),
        (stage("gguf", "fuse", top1=0.98), "gguf: agrees with fuse on 98.00% of the tokens, under 99.50%"),
        (stage("gguf", "fuse", other_tokens=2), "gguf: llama.cpp cuts 2 of 9 rows into other tokens"),
        (stage("quantise q4_k_m", "gguf", kl=0.45), "quantise q4_k_m: KL 0.45 to gguf, over 0.1"),
        (
            stage("quantise q4_k_m", "gguf", kl=0.03, loss=1.15),
            "quantise q4_k_m: lost 30% of what tuning gained, over 20%",
        ),
        (stage("fuse", "adapter", kl=float("inf")), "fuse: KL inf to adapter, over 0.0001"),
    ],
)
def test_the_stage_and_the_figure_that_failed_are_named(broken: Stage, reason: str) -> None:
    assert missed(broken) == [reason]


def test_the_original_base_may_be_further_away_but_not_by_any_distance() -> None:
    near, far = (stage("fuse", "adapter", kl=kl, top1=0.97) for kl in (0.012, 0.05))
    whole = Fidelity(
        rows=9,
        judgments=5,
        tokens=9,
        base_loss=1.5,
        adapter_loss=1.0,
        margin_low=0.4,
        stages=(near,),
        fused_onto="original",
    )
    assert faults(FidelityConfig(), whole, near) == []
    assert faults(FidelityConfig(), whole, far) == ["KL 0.05 to adapter, over 0.03"]


def test_only_the_stage_that_lost_the_gain_is_blamed() -> None:
    lost = stage("fuse", "adapter", loss=1.5), stage("gguf", "fuse", loss=1.5)
    assert missed(*lost, stage("quantise q4_k_m", "gguf", loss=1.5, kl=0.01)) == [
        "fuse: lost 100% of what tuning gained, over 20%"
    ]


@pytest.mark.parametrize("low", [None, -0.1, 0.0])
def test_a_gain_that_may_be_chance_passes_nothing(low: float | None) -> None:
    found = rows(low=low)
    assert {row.outcome for row in found} == {Outcome.NOT_MEASURED}
    assert "may be chance, so what is left of it is not known" in found[0].reason
    assert "not measured of the gain left" in found[0].measured


def test_too_much_divergence_is_missed_even_where_the_gain_is_chance() -> None:
    found = rows(stage("quantise q4_k_m", "gguf", kl=0.45), low=None)
    assert found[-1].outcome is Outcome.MISSED


def test_a_file_of_before_this_was_measured_does_not_pass() -> None:
    (row,) = fidelity_rows(FidelityConfig(), Gguf.model_construct(fidelity=None, quantization="f16"))
    assert (row.outcome, row.required) == (Outcome.NOT_MEASURED, True)


def test_files_may_be_one_several_or_chosen() -> None:
    asked = [ExportConfig.model_validate({"quantization": q}) for q in ("q8_0", ["q8_0", "f16"], "auto")]
    assert [one.quantizations for one in asked] == [
        ("q8_0",),
        ("q8_0", "f16"),
        ("q4_k_m", "q5_k_m", "q8_0", "f16"),
    ]
    for wrong in ([], ["q8_0", "q8_0"]):
        with pytest.raises(ValueError, match="names no file, or one twice"):
            PipelineConfig.model_validate({"export": {"quantization": wrong}})
