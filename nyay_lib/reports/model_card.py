"""The model card, in the form of the hub: README.md with its front matter, first as known at fusing, then with figures.

It is written by machine from a run's results. What was not measured is said to be so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import EvalResult, ModelCardData

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.data.budget import MARK
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.report import Report
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.prompt import SYSTEM_PROMPT
from nyay_lib.reports.licences import DUTIES, NamingDuty
from nyay_lib.reports.measured import BLIND, figure_rows, how_measured
from nyay_lib.reports.page import Cell, figure_table, grid, size
from nyay_lib.reports.verdict import headline, verdict_rows
from nyay_lib.training import Adapter

TAGS = ("legal", "india", "judgments", "qlora", "mlx", "nyay")
EMBEDDED = {"embedded:SmolLM2-135M-Instruct": "HuggingFaceTB/SmolLM2-135M-Instruct"}
HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
# Figures of the report by the hub's names of metrics.
METRICS = {
    "rouge": ("ROUGE-1", "ROUGE-2", "ROUGE-L", "ROUGE-Lsum"),
    "perplexity": ("perplexity",),
    "loss": ("validation loss",),
    "accuracy": ("legal accuracy",),
    "hallucination_rate": ("hallucination by sample", "hallucination by reference"),
}
HUB_METRICS = ("rouge", "perplexity", "accuracy")
CONFIGURED = {"model", "lora", "training", "optimizer", "scheduler", "export"}


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a card tells; the last three are None until they are known."""

    config: PipelineConfig
    run_id: str
    languages: Sequence[str]
    base: Base
    data: Dataset
    adapter: Adapter
    merged: MergedModel
    gguf: Gguf | None = None
    verdict: Verdict | None = None
    report: Report | None = None

    @property
    def duty(self) -> NamingDuty | None:
        return DUTIES.get(self.base.licence)

    @property
    def title(self) -> str:
        """The name that it may be handed on under."""
        name = self.config.registry.name
        return self.duty.named(name) if self.duty else name

    @property
    def base_name(self) -> str:
        """The base's name without a path of this machine."""
        return Path(self.base.name).name if Path(self.base.name).is_absolute() else self.base.name

    @property
    def hub_base(self) -> str | None:
        """The base's name on the hub; None for a folder of the user's own."""
        name = EMBEDDED.get(self.base.name, self.base.name)
        return name if HUB_NAME.fullmatch(name) and (self.base.revision or name != self.base.name) else None


def model_card(facts: Facts) -> str:
    """The text of README.md."""
    parts = [
        f"# {facts.title}",
        *_opening(facts),
        "## Intended use",
        INTENDED,
        "## Not intended use",
        NOT_INTENDED,
        "## How to ask it",
        _asking(facts),
        "## Training",
        grid(_training(facts)),
        _configuration(facts.config, facts.base_name),
        "## Evaluation",
        *_evaluation(facts),
        "## Limits",
        LIMITS,
        "## Licence",
        *_licence(facts),
    ]
    return f"---\n{front_matter(facts)}\n---\n\n" + "\n\n".join(part for part in parts if part) + "\n"


def notice(facts: Facts) -> str | None:
    """The text that the base's licence wants beside every copy."""
    return facts.duty.notice + "\n" if facts.duty else None


def front_matter(facts: Facts) -> ModelCardData:
    """What the hub reads."""
    results = list(_results(facts)) if facts.report else None
    more: dict[str, Any] = {"base_model_relation": "finetune"} if facts.hub_base else {}
    return ModelCardData(
        license=facts.base.licence if facts.base.licence != "unknown" else "other",
        base_model=facts.hub_base,
        language=list(facts.languages),
        library_name="transformers",
        pipeline_tag="text-generation",
        tags=[*TAGS, *(["llama"] if facts.duty else [])],
        metrics=list(HUB_METRICS) if results else None,
        model_name=facts.title if results else None,
        eval_results=results,
        **more,
    )


def _results(facts: Facts) -> Iterator[EvalResult]:
    """The figures of the shipped file as the hub shows them."""
    figures = facts.report.all.figures["this model"] if facts.report else {}
    for kind, names in METRICS.items():
        for name in names:
            if (found := figures.get(name)) is not None:
                yield EvalResult(
                    task_type="text-generation",
                    dataset_type="private",
                    dataset_name=f"held-out Indian judgments, data set {facts.data.digest[:12]}",
                    metric_type=kind,
                    metric_name=name,
                    metric_value=round(found.estimate, 4),
                )


INTENDED = """\
Help for people who work with Indian court judgments: summaries, outcomes, key facts, and answers from the text of a
judgment that is given with the question. A person who knows the law reads the answer and checks every citation against
the judgment and the law itself."""

NOT_INTENDED = """\
Legal advice to the public; decisions about persons; questions without a source, whose citations would come from
memory; law after the data's time; other countries' law; identifying a person whose name a court has masked."""

LIMITS = f"""\
A language model invents, also citations that look right. {BLIND} Long judgments are shortened in their middle, so what
stands there only is not seen. References to statutes follow the data: the codes of 2023 are rare in it."""


def _opening(facts: Facts) -> Iterator[str]:
    if facts.duty:
        yield f"**{facts.duty.badge}**"
    revision = f" at revision `{facts.base.revision}`" if facts.base.revision else ""
    yield (
        f"A legal assistant for Indian law: `{facts.base_name}`{revision}, tuned with QLoRA over {facts.base.bits}-bit "
        f"weights in the run `{facts.run_id}`, fused onto the {facts.merged.fused_onto} base in f32 and stored in f16."
    )


def _asking(facts: Facts) -> str:
    limit = min(facts.config.training.max_seq_length, facts.config.registry.num_ctx)
    return f"""\
```python
from mlx_lm import generate, load

model, tokenizer = load("models/{facts.config.registry.name}-merged")
messages = [{{"role": "system", "content": SYSTEM}}, {{"role": "user", "content": question + "\\n\\n" + judgment}}]
print(generate(model, tokenizer, tokenizer.apply_chat_template(messages, add_generation_prompt=True)))
```

The system prompt of training: "{SYSTEM_PROMPT}"

Prompt and answer were trained on up to {limit:,} tokens. A judgment that does not fit keeps its head (35 %) and its
tail (65 %), with the line `{MARK}` between; `nyay ask` and `nyay serve` do so by themselves. Sampling as served:
temperature {facts.config.registry.temperature}, top_p {facts.config.registry.top_p}."""


def _training(facts: Facts) -> list[dict[str, Cell]]:
    train, validation, adapter = facts.data.train, facts.data.validation, facts.adapter
    figures: dict[str, Cell] = {
        "base model": facts.base_name,
        "revision": facts.base.revision or "none",
        "digest of the base as trained on": facts.base.digest,
        "parameters": facts.base.parameters,
        "trained parameters": adapter.trainable_parameters,
        "digest of the data set": facts.data.digest,
        "version of the data": facts.data.version or "none",
        "training began": facts.data.start or "at the base, on all rows",
        "training rows": train.rows,
        "by task": ", ".join(f"{task} {rows:,}" for task, rows in train.task_types.items()),
        "rows kept out": sum(train.rejected.values()) + sum(train.quarantined.values()),
        "validation rows": validation.rows,
        "tokens trained on": adapter.tokens,
        "optimizer steps": adapter.steps,
        "step that was kept": adapter.best_step,
        "last training loss": adapter.last_loss,
        "validation loss in training": adapter.validation_loss,
        "device": adapter.device,
        "digest of the adapter": adapter.digest,
        "digest of these weights": facts.merged.digest,
    }
    if facts.gguf:
        figures |= {f"bytes of the {facts.gguf.quantization} file": facts.gguf.bytes, "its SHA-256": facts.gguf.sha256}
    return figure_table(figures)


def _configuration(config: PipelineConfig, base_name: str) -> str:
    told = config.model_dump(mode="json", include=CONFIGURED)
    told["model"]["name"] = base_name
    return f"```yaml\n{yaml.safe_dump(told, sort_keys=False, default_flow_style=None).strip()}\n```"


def _evaluation(facts: Facts) -> Iterator[str]:
    if facts.report is None or facts.verdict is None:
        yield "NOT MEASURED yet: this card was written when the model was fused, before the shipped file was judged."
        return
    shipped = f"The {facts.gguf.quantization} file has {size(facts.gguf.bytes)}. " if facts.gguf else ""
    yield f"{shipped}**{headline(facts.verdict)}** Targets are MET only where the whole 95 % interval is on their side."
    yield grid(verdict_rows(facts.verdict))
    yield how_measured(facts.report)
    yield grid(figure_rows(facts.report.all))


def _licence(facts: Facts) -> Iterator[str]:
    name, duty = facts.config.registry.name, facts.duty
    yield f"The weights derive from `{facts.base_name}`, whose licence is `{facts.base.licence}`; it binds these too."
    if facts.base.licence == "unknown":
        yield "**The base does not say what its licence is: find out before you hand the model on.**"
    if duty:
        yield (
            f"The {duty.licence} ({duty.page}) asks whoever hands this model on, or a service that contains it, to "
            f'give a copy of the agreement with it, to display "{duty.badge}" prominently, to begin its name with '
            f'"{duty.prefix}", to keep the file `Notice` beside every copy, and to follow the Acceptable '
            f"Use Policy. In your own house it may be served as `{name}`; handed on it is called `{facts.title}`."
        )
