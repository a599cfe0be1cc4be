"""PipelineConfig: the only home of a default, the YAML file's schema and the flow's parameter."""

import difflib
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pydantic
import yaml
from pydantic import AliasChoices, Field, NonNegativeInt, PositiveFloat, PositiveInt

from nyay_lib.errors import ConfigError
from nyay_lib.nights import Nights, parse_hours, parse_zone

# From the smallest to the largest; q2_k is there to be asked for, and is more than the gate lets pass.
Quantization = Literal["q2_k", "q4_k_m", "q5_k_m", "q8_0", "f16"]
LADDER: tuple[Quantization, ...] = ("q4_k_m", "q5_k_m", "q8_0", "f16")
FuseOnto = Literal["quantized", "original"]
# The targets of the release's card, overall and by task, and the user's own cases.
Target = Literal[
    "training loss",
    "validation loss",
    "ROUGE-L",
    "legal accuracy",
    "legal accuracy, outcome_analysis",
    "legal accuracy, summarization",
    "legal accuracy, info_extraction",
    "legal accuracy, research_qa",
    "hallucination rate",
    "human approval",
    "human approval, outcome_analysis",
    "human approval, summarization",
    "human approval, info_extraction",
    "human approval, research_qa",
    "test cases",
]
Ratio = Annotated[float, Field(ge=0.0, le=1.0)]


def _heading(section: type) -> str:
    """What a form calls a group of settings: the name of its class, without what all have in common."""
    return section.__name__.removesuffix("Config")


class Section(pydantic.BaseModel):
    """A group of settings: frozen, and an unknown key is refused."""

    model_config = pydantic.ConfigDict(
        frozen=True, extra="forbid", protected_namespaces=(), model_title_generator=_heading
    )


class ModelConfig(Section):
    """Which base model is tuned."""

    name: str = Field(
        default="meta-llama/Llama-3.2-3B-Instruct",
        min_length=1,
        description="Hub repository, local folder, or embedded:SmolLM2-135M-Instruct, embedded:tiny-random",
    )
    revision: str | None = Field(
        default=None, description="Commit, tag or branch on the hub; empty: main, pinned when fetched"
    )
    quantization: Literal[4, 8] = Field(
        default=8, description="Bits of the frozen base weights; 8 is the better one for law"
    )


class LoraConfig(Section):
    """Low-rank adapters (Hu et al. 2021, LoRA)."""

    rank: PositiveInt = Field(default=16, description="Columns of an adapter's matrices")
    alpha: PositiveFloat = Field(default=32, description="The adapter's output counts alpha / rank times")
    dropout: float = Field(default=0.05, ge=0.0, lt=1.0, description="Share of an adapter's inputs left out at a step")
    target_modules: tuple[str, ...] = Field(
        default=("q_proj", "k_proj", "v_proj", "o_proj"), min_length=1, description="Linear modules that are adapted"
    )

    @property
    def scale(self) -> float:
        """What the adapter's output is multiplied by: alpha / rank."""
        return self.alpha / self.rank


class TrainingConfig(Section):
    """Batch, rate and length. The effective batch is the unit of training; the micro-batch is a memory knob."""

    batch_size: PositiveInt = Field(default=4, description="Rows in a micro-batch")
    gradient_accumulation: PositiveInt = Field(default=4, description="Micro-batches in one optimizer step")
    learning_rate: PositiveFloat = Field(default=2.0e-4, description="Peak of the schedule")
    epochs: PositiveInt = Field(default=3, description="Times that each row is trained on")
    warmup_ratio: Ratio = Field(default=0.1, description="Share of all optimizer steps that the rate rises")
    max_seq_length: int = Field(
        default=2048, ge=64, description="Tokens of a row; longer inputs are shortened, never answers"
    )
    patience: NonNegativeInt = Field(
        default=3, description="Training ends when so many evaluations in a row did not improve; 0: never"
    )
    max_grad_norm: PositiveFloat = Field(default=1.0, description="The gradient is clipped to this norm")
    seed: NonNegativeInt = Field(default=0, description="Of adapters, order of rows, and dropout")

    @property
    def effective_batch_size(self) -> int:
        """Rows in one optimizer step."""
        return self.batch_size * self.gradient_accumulation


class TimeConfig(Section):
    """How long, and when, a run may train."""

    max_hours: PositiveFloat | None = Field(
        default=None,
        description="Hours of training; a longer plan is made to fit, first by epochs, then by rows. Empty: all of it",
    )
    train_between: str | None = Field(
        default=None,
        description="Hours of the day in which training runs, such as 21:00-07:00; it goes on the next night. "
        "Empty: always",
    )
    timezone: str = Field(default="Asia/Kolkata", description="Time zone of train_between")

    @pydantic.field_validator("train_between")
    @classmethod
    def _are_hours(cls, text: str | None) -> str | None:
        if text is None or not text.strip():
            return None
        parse_hours(text)
        return text

    @pydantic.field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        parse_zone(name)
        return name

    @property
    def nights(self) -> Nights:
        """The hours as a window of the wall clock."""
        hours = parse_hours(self.train_between) if self.train_between else None
        return Nights(hours, parse_zone(self.timezone))


class MemoryConfig(Section):
    """What is done so that training gets by with the memory that there is."""

    remember: bool = Field(
        default=True, description="Begin with the micro-batch that worked when memory ran out in an earlier run"
    )
    unload_ollama: bool = Field(
        default=True, description="Let the Ollama on this machine put its loaded models away before training"
    )
    swap_limit: NonNegativeInt = Field(
        default=512,
        description="MiB of growing swap that, at a third of the expected speed, mean a smaller micro-batch; 0: never",
    )
    gradient_checkpointing: Literal["auto", "always"] = Field(
        default="auto", description="Compute activations twice to save memory: at the smallest micro-batch, or always"
    )


class DistributedConfig(Section):
    """Several machines, or processes on one, that train together: each computes its share of every effective batch."""

    ranks: PositiveInt = Field(default=1, description="Processes that train together; the effective batch must divide")
    hosts: tuple[str, ...] = Field(
        default=(), description="Address of each rank's machine, this one first; empty: all ranks on this machine"
    )
    backend: Literal["ring"] = Field(default="ring", description="How MLX's ranks talk; ring is TCP")
    port: int = Field(
        default=32323, ge=1024, le=65000, description="Rank n listens on this port plus n; without hosts on a free one"
    )
    patience: PositiveFloat = Field(
        default=1800,
        description="Seconds that a rank waits for another before all end; longer than an evaluation",
    )

    @pydantic.model_validator(mode="after")
    def _hosts_have_ranks(self) -> Self:
        if self.hosts and len(self.hosts) != self.ranks:
            raise ValueError(
                f"distributed.hosts names {len(self.hosts)} machines for {self.ranks} ranks: name one for each rank, "
                "a machine twice if two ranks run on it, or none to run all on this one"
            )
        return self


class OptimizerConfig(Section):
    """AdamW with bias correction (Loshchilov and Hutter 2019)."""

    type: Literal["adamw"] = Field(default="adamw", description="The only one there is")
    weight_decay: float = Field(default=0.01, ge=0.0, description="Share of each weight taken off, times the rate")


class SchedulerConfig(Section):
    """Linear warm-up, then a cosine down to a floor."""

    type: Literal["cosine"] = Field(default="cosine", description="The only one there is")
    min_lr_ratio: Ratio = Field(default=0.1, description="Final rate as a share of the peak")


class CheckpointingConfig(Section):
    """How often work is made safe, and where the adapter in production lies."""

    save_every: PositiveInt = Field(default=500, description="In micro-batches at the configured batch size")
    eval_every: PositiveInt = Field(default=250, description="In micro-batches at the configured batch size")
    output_dir: Path = Field(default=Path("models/nyay-ai-adapter"), description="Points at the adapter in production")


class LoggingConfig(Section):
    """What is reported while it trains."""

    log_every: PositiveInt = Field(default=10, description="In micro-batches at the configured batch size")
    wandb: bool = Field(
        default=False, description="Also report figures, never texts, to Weights & Biases; needs the extra nyay[wandb]"
    )


class DataConfig(Section):
    """Where the instruction records lie."""

    train: Path = Field(default=Path("data/training/train.jsonl"), description="File of the records to train on")
    validation: Path = Field(default=Path("data/training/val.jsonl"), description="File of the records to measure on")
    strict: bool = Field(
        default=False,
        description="A run whose validation rows leak into training stops; else the gate goes by the leak-free ones",
    )
    mask_identifiers: bool = Field(
        default=True, description="Whether Aadhaar, PAN, telephone, e-mail and bank numbers become tokens as [PHONE]"
    )
    incoming: Path = Field(default=Path("data/incoming"), description="Folder in which new files of records arrive")
    versions: Path = Field(
        default=Path("data/versions"), description="Folder of the versions of this data set, each named by its digest"
    )
    decisions: Path = Field(
        default=Path("data/decisions.jsonl"), description="What persons decided: rows put back, cases kept out"
    )
    validation_share: Ratio = Field(
        default=0.1, description="Share of rows that a version validates on where there is no validation file"
    )


class RetrainingConfig(Section):
    """When a model is trained anew without being told to."""

    new_cases: PositiveInt = Field(
        default=100, description="Cases that no run has trained on; so many start a run by themselves, fewer wait"
    )
    start: Literal["base", "production"] = Field(
        default="base",
        description="Whether a run starts over from the base on all rows, or goes on from the adapter in production on "
        "the rows that it does not know and a share of those that it does",
    )
    replay: float = Field(
        default=0.5, ge=0.0, lt=1.0, description="Share of known rows in what is trained on, if production is the start"
    )
    weekly: bool = Field(
        default=False, description="Whether `nyay up` also switches on the weekly run, if there is anything new by then"
    )


class EvaluationConfig(Section):
    """How much is asked of a model before it is judged."""

    samples: PositiveInt = Field(
        default=200, description="Validation rows that are answered, of each task by its share; more carry finer claims"
    )
    max_tokens: PositiveInt = Field(default=500, description="Longest answer")
    batch_size: PositiveInt = Field(default=4, description="Answers that MLX generates side by side")
    canaries: NonNegativeInt = Field(
        default=2, description="Validation rows that are answered at each evaluation while it trains; 0: none"
    )
    canary_tokens: PositiveInt = Field(default=64, description="Longest of these answers")
    stop_hopeless: bool = Field(
        default=True, description="Whether a run ends before its export if tuning did not lower the validation loss"
    )
    test_cases: Path = Field(
        default=Path("evaluation/test_cases.json"), description="Cases of your own that are always asked, if it exists"
    )
    results: Path = Field(default=Path("evaluation/results"), description="Folder of the figures of each run, as JSON")


class GateConfig(Section):
    """What a model must show before it takes the place of what serves now."""

    margin: Ratio = Field(
        default=0.02, description="How much worse than production a share may be (a loss: nats a token), 95 % sure"
    )
    judgments: int = Field(
        default=10, ge=2, description="Fewest judgments on which a comparison with production counts as measured"
    )
    # A file may say gate.required; no key of a schema that Prefect's server takes may be called so.
    binding: tuple[Target, ...] = Field(
        default=(),
        validation_alias=AliasChoices("binding", "required"),
        description="Targets that bind a release, beside being better; else they are only printed",
    )

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ReviewConfig(Section):
    """Whether a release waits for lawyers, how many answers they are asked about, and how long."""

    # A file may say review.required, as with gate.binding.
    binding: bool = Field(
        default=False,
        validation_alias=AliasChoices("binding", "required"),
        description="Whether a release waits until lawyers have judged the answers",
    )
    answers: PositiveInt = Field(
        default=12,
        description="Answers of a model that are judged, each beside that of another; 9, all approved, are the fewest "
        "that carry a claim of over 70 %",
    )
    deadline_hours: PositiveFloat = Field(
        default=72, description="Hours after which a review that is not finished counts as not measured"
    )

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ExportConfig(Section):
    """Which files are made of the tuned model."""

    quantization: Quantization | Literal["auto"] | tuple[Quantization, ...] = Field(
        default="q4_k_m",
        description="The file that is served; of several the first, the others are made and measured beside it; auto: "
        "the smallest that keeps what was trained",
    )
    fuse_onto: FuseOnto = Field(
        default="quantized",
        description="Base that the adapter is added to: the quantized one that it was trained on, dequantised, or the "
        "original, which is 2,000 times further (in KL) from what was trained",
    )

    @property
    def quantizations(self) -> tuple[Quantization, ...]:
        """What is made of the F16 file."""
        if self.quantization == "auto":
            return LADDER
        return self.quantization if isinstance(self.quantization, tuple) else (self.quantization,)

    @pydantic.model_validator(mode="after")
    def _each_is_named_once(self) -> Self:
        if len(set(self.quantizations)) < max(1, len(self.quantizations)):
            raise ValueError("export.quantization names no file, or one twice: name each once, or auto")
        return self


class FidelityConfig(Section):
    """How each stage of the export is held against the one before it, and what it may lose.

    Measured on SmolLM2, mean KL in nats: fused and stored in f16 5e-6, in bf16 2e-4, quantised again at 8 bits 4e-3;
    the F16 file 4e-6, a BF16 one 1e-4; q8_0 0.005, q4_k_m 0.07. Published for Llama 3 8B (llama.cpp,
    tools/perplexity): q8_0 0.001, q5_k_m 0.011, q4_k_m 0.031, q3_k_m 0.10, q2_k 0.45.
    """

    rows: int = Field(default=24, ge=2, description="Validation rows that every stage reads, at most")
    tokens: PositiveInt = Field(default=16_384, description="Tokens of these rows in all; the rows that fit are read")
    answer_tokens: PositiveInt = Field(default=128, description="Of each reference answer so many tokens at most")
    prompts: PositiveInt = Field(default=5, description="Rows whose greedy answer by the adapter every stage repeats")
    greedy_tokens: PositiveInt = Field(default=40, description="Length of these answers")
    exact_kl: PositiveFloat = Field(default=1e-4, description="Mean KL that fusing, and the F16 file, may cost")
    exact_top1: Ratio = Field(
        default=0.995, description="Share of tokens on which these two stages must agree; the rest are near ties"
    )
    original_kl: PositiveFloat = Field(
        default=0.03, description="Mean KL that fusing onto the original base may cost; 0.012 was measured"
    )
    eight_bit_kl: PositiveFloat = Field(default=0.02, description="Mean KL that q8_0 may cost")
    quantized_kl: PositiveFloat = Field(default=0.1, description="Mean KL that a file of fewer bits may cost")
    margin_lost: Ratio = Field(
        default=0.2, description="Share of what tuning gained over the base that a stage may lose"
    )


class RegistryConfig(Section):
    """Where the model is served."""

    name: str = Field(
        default="nyay-ai", pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="Name of the model in Ollama"
    )
    register_model: Literal["required", "if_available", "never"] = Field(
        default="required", alias="register", description="Whether a run without a reachable Ollama may start"
    )
    host: str | None = Field(default=None, description="Ollama's address; empty: OLLAMA_HOST, else 127.0.0.1:11434")
    temperature: float = Field(default=0.7, ge=0.0, le=2.0, description="Of answers; 0: always the likeliest token")
    top_p: float = Field(default=0.9, gt=0.0, le=1.0, description="Share of probability that answers are drawn from")
    num_ctx: PositiveInt = Field(default=4096, description="Tokens of a conversation, with the answer")
    keep_tags: PositiveInt = Field(
        default=5, description="Newest tags that stay in Ollama; production and the model before it stay in any case"
    )

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @pydantic.field_validator("host", mode="before")
    @classmethod
    def _without_login(cls, value: Any) -> Any:
        """A configuration is written down and shown: a password that stands in an address is not kept."""
        return re.sub(r"^(\w+://)?[^/@]*@", r"\1", value) if isinstance(value, str) else value


class RetentionConfig(Section):
    """What stays of runs, of what they share, and of the server's records.

    Production and its predecessor stay whole and are not counted here. Counts are of the other runs, the newest first.
    Reports and results of all runs stay.
    """

    merged: NonNegativeInt = Field(
        default=1, description="Runs whose merged model, F16 file and checkpoints stay; older ones can be made again"
    )
    gguf: NonNegativeInt = Field(default=4, description="Runs whose shipped GGUF file stays")
    adapters: NonNegativeInt | None = Field(default=None, description="Runs whose adapter stays; empty: all")
    cache_days: NonNegativeInt | None = Field(
        default=30,
        description="Days that data sets, answers, quantised bases and data versions stay after no run needs them; "
        "empty: for ever",
    )
    flow_run_days: PositiveInt = Field(
        default=90,
        description="Days that the server keeps a flow run with its logs and pages; those of production stay",
    )
    tick_days: PositiveInt = Field(default=7, description="The same for flow runs that only looked for new court data")
    log_mib: PositiveInt = Field(default=20, description="MiB at which a log in .prefect is cut; one older part stays")


class NotifyConfig(Section):
    """Who is told when a run ends, fails, waits for a person, or its model is refused."""

    block: str | None = Field(
        default=None,
        pattern=r"^[0-9a-z-]+/[0-9a-z-]+$",
        description="Prefect's notification block, such as slack-webhook/team, which holds address and secrets; "
        "`nyay up` reads it from config/training_config.yaml. Empty: nobody",
    )


class PathsConfig(Section):
    """Folders that runs write to, relative to the project."""

    runs: Path = Field(default=Path("runs"), description="A folder for each run")
    cache: Path = Field(default=Path("cache"), description="What runs share: base models, data sets, answers")
    models: Path = Field(default=Path("models"), description="Links to the release in production, and the journal")


class PipelineConfig(Section):
    """Everything a run can be told. A file with only the sections of the release loads unchanged."""

    model: ModelConfig = ModelConfig()
    lora: LoraConfig = LoraConfig()
    training: TrainingConfig = TrainingConfig()
    memory: MemoryConfig = MemoryConfig()
    distributed: DistributedConfig = DistributedConfig()
    time: TimeConfig = TimeConfig()
    optimizer: OptimizerConfig = OptimizerConfig()
    scheduler: SchedulerConfig = SchedulerConfig()
    checkpointing: CheckpointingConfig = CheckpointingConfig()
    logging: LoggingConfig = LoggingConfig()
    data: DataConfig = DataConfig()
    retraining: RetrainingConfig = RetrainingConfig()
    evaluation: EvaluationConfig = EvaluationConfig()
    gate: GateConfig = GateConfig()
    review: ReviewConfig = ReviewConfig()
    export: ExportConfig = ExportConfig()
    fidelity: FidelityConfig = FidelityConfig()
    registry: RegistryConfig = RegistryConfig()
    retention: RetentionConfig = RetentionConfig()
    notify: NotifyConfig = NotifyConfig()
    paths: PathsConfig = PathsConfig()

    @pydantic.model_validator(mode="after")
    def _answers_fit(self) -> Self:
        if self.evaluation.max_tokens >= self.registry.num_ctx:
            raise ValueError(
                f"evaluation.max_tokens is {self.evaluation.max_tokens}, but registry.num_ctx leaves room for "
                f"{self.registry.num_ctx} tokens with the question: lower the first or raise the second"
            )
        return self

    @pydantic.model_validator(mode="after")
    def _ranks_share_evenly(self) -> Self:
        batch, ranks = self.training.effective_batch_size, self.distributed.ranks
        if batch % ranks:
            raise ValueError(
                f"the effective batch of {batch} rows does not divide by distributed.ranks, {ranks}: change "
                "training.gradient_accumulation, training.batch_size or the ranks"
            )
        return self

    def changed(self, *, epochs: int = 0, max_hours: float = 0.0) -> Self:
        """With other training.epochs or time.max_hours; 0 leaves them as they are."""
        training = {"epochs": epochs} if epochs else {}
        time = {"max_hours": max_hours} if max_hours else {}
        return self.model_copy(
            update={
                "training": self.training.model_copy(update=training),
                "time": self.time.model_copy(update=time),
            }
        )

    def optimizer_steps(self, rows: int) -> int:
        """S = ceil(rows / effective batch) x epochs; the last partial batch of an epoch is a step too."""
        return math.ceil(rows / self.training.effective_batch_size) * self.training.epochs

    def warmup_steps(self, rows: int) -> int:
        """W = floor(warmup_ratio x S + 0.5), at least 1 if the ratio is above 0."""
        ratio = self.training.warmup_ratio
        return max(1, math.floor(ratio * self.optimizer_steps(rows) + 0.5)) if ratio > 0 else 0

    def learning_rate(self, step: int, rows: int) -> float:
        """The rate of optimizer step ``step``, from 1: linear to the peak at W, then a cosine to the floor at S.

        Raises ValueError for a step outside 1..S.
        """
        total, warmup, peak = self.optimizer_steps(rows), self.warmup_steps(rows), self.training.learning_rate
        if not 1 <= step <= total:
            raise ValueError(f"step {step!r} is outside 1..{total}")
        if step <= warmup:
            return peak * (step / warmup)
        floor = peak * self.scheduler.min_lr_ratio
        return floor + (peak - floor) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2

    @property
    def save_every_steps(self) -> int:
        """Optimizer steps between checkpoints."""
        return self._in_steps(self.checkpointing.save_every)

    @property
    def eval_every_steps(self) -> int:
        """Optimizer steps between evaluations."""
        return self._in_steps(self.checkpointing.eval_every)

    @property
    def log_every_steps(self) -> int:
        """Optimizer steps between log lines."""
        return self._in_steps(self.logging.log_every)

    def _in_steps(self, micro_batches: int) -> int:
        """Micro-batches at the configured batch size, in optimizer steps, rounded up."""
        return math.ceil(micro_batches / self.training.gradient_accumulation)


def load_config(path: Path) -> PipelineConfig:
    """Read a YAML file into a PipelineConfig.

    Raises ConfigError in one line that names the file, the line, the key and the value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); name a YAML file such as config/demo.yaml") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    lines = _line_numbers(path, root) if root is not None else {}
    try:
        return PipelineConfig.model_validate(values or {})
    except pydantic.ValidationError as error:
        raise ConfigError(_printable(_explain(path, error, lines))) from error


def _printable(text: str) -> str:
    """A text with what no terminal shows, such as a control character in a key, spelt out."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _line_numbers(path: Path, node: yaml.Node, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    """The line of each key; a key that stands twice is refused, as YAML itself would keep the last silently."""
    lines: dict[tuple[str, ...], int] = {}
    for key, value in _entries(node):
        place, line = (*prefix, str(key.value)), key.start_mark.line + 1
        if place in lines:
            twice = _printable(".".join(place))
            raise ConfigError(f"{path}:{line}: {twice} stands twice (first in line {lines[place]}); keep one")
        lines |= {place: line, **_line_numbers(path, value, place)}
    return lines


def _entries(node: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value


def _explain(path: Path, error: pydantic.ValidationError, lines: dict[tuple[str, ...], int]) -> str:
    """The first fault in one line, and how many more there are."""
    faults = error.errors()
    place = tuple(str(part) for part in faults[0]["loc"])
    line = next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), None)
    where = f"{path}:{line}" if line else str(path)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{where}: {'.'.join(place) or 'the file'}: {describe_fault(dict(faults[0]))}{more}"


def describe_fault(fault: dict[str, Any]) -> str:
    """A pydantic fault in words: what is wrong, the value, and for an unknown key the nearest known one."""
    if fault["type"] != "extra_forbidden":
        return f"{fault['msg']}, not {fault['input']!r}" if fault["loc"] else str(fault["msg"])
    *parents, key = (str(part) for part in fault["loc"])
    near = difflib.get_close_matches(key, _keys_of(parents), n=1, cutoff=0.5)
    return "unknown key" + (f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(_keys_of(parents))}")


def _keys_of(parents: list[str]) -> list[str]:
    """The keys that a section knows."""
    model: type[pydantic.BaseModel] = PipelineConfig
    for name in parents:
        annotation = model.model_fields[name].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel)):
            return []
        model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
