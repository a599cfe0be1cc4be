"""The model that is asked: production's, a named run's, or the newest."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pydantic
from tokenizers import Tokenizer

from nyay_lib.base_model.on_disk import find_tokenizer
from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.config import PipelineConfig
from nyay_lib.data.budget import Budget
from nyay_lib.errors import ServingError
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import chat_format
from nyay_lib.registry.journal import champion, journal_of
from nyay_lib.registry.release import Release
from nyay_lib.runs import RunDir


@dataclass(frozen=True)
class Made:
    """A run with a finished model, and the configuration that it was made with."""

    run: RunDir
    config: PipelineConfig
    gguf: Gguf
    is_production: bool

    @property
    def name(self) -> str:
        """What the model is called: its name in Ollama."""
        return self.config.registry.name

    @cached_property
    def base(self) -> Base:
        return Base.model_validate_json(self.run.result("download-base").read_bytes())

    @cached_property
    def tokenizer(self) -> Path:
        """A folder with the tokenizer. Raises ServingError if there is none any more."""
        for folder in (self.base.folder, self.run.merged):
            if (folder / "tokenizer.json").exists():
                return folder
        raise ServingError(f"{self.base.folder}: the tokenizer is gone; run {self.run.run_id!r} again")

    @cached_property
    def budget(self) -> Budget:
        """The budget of its training."""
        return budget_with(self.config, load_tokenizer(self.tokenizer))

    @property
    def tag(self) -> str:
        """Its tag in Ollama. Raises ServingError if it was never registered."""
        if self.is_production:
            return f"{self.name}:production"
        result = self.run.result("register")
        released = Release.model_validate_json(result.read_bytes()) if result.exists() else None
        if released is None or released.tag is None:
            raise ServingError(f"run {self.run.run_id!r} is not in Ollama; run it again while `ollama serve` runs")
        return released.tag


def budget_with(config: PipelineConfig, tokenizer: Tokenizer) -> Budget:
    """The token budget of prompt and answer: that of training, and never more than the served context."""
    limit = min(config.training.max_seq_length, config.registry.num_ctx)
    return Budget(tokenizer, chat_format(tokenizer.get_vocab()), limit)


def budget_on_disk(config: PipelineConfig) -> Budget:
    """The budget of the configured base where no model is at hand: by its own tokenizer, or the embedded model's."""
    return budget_with(config, find_tokenizer(config.model, config.paths.cache)[1])


def find_model(config: PipelineConfig, run_id: str | None = None) -> Made:
    """The model of a run; without its name that in production, and where nothing is, that of the newest run.

    Raises ServingError where there is none, or its file is gone.
    """
    live = champion(journal_of(config))
    if run_id is None and live is not None:
        run_id = live.run_id
    run = RunDir.at(config.paths.runs, run_id) if run_id else newest(config.paths.runs)
    return _made(run, live is not None and live.run_id == run.run_id)


def newest(runs: Path) -> RunDir:
    """The run that made its model last."""
    made = [run for path in runs.resolve().glob("*") if (run := RunDir(path)).result("quantize").exists()]
    if not made:
        raise ServingError(f"{runs}: holds no run with a finished model; {HOW_TO_MAKE}")
    return max(made, key=lambda run: run.result("quantize").stat().st_mtime)


HOW_TO_MAKE = "make one with `prefect deployment run train-nyay/demo` while `nyay up` runs"


def _made(run: RunDir, is_production: bool) -> Made:
    try:
        gguf = Gguf.model_validate_json(run.result("quantize").read_bytes())
        config = PipelineConfig.model_validate_json(run.config.read_bytes())
    except FileNotFoundError as error:
        raise ServingError(f"run {run.run_id!r} has no model; {HOW_TO_MAKE}") from error
    except pydantic.ValidationError as error:
        raise ServingError(f"{run.root}: was made by another version of this program; run it again") from error
    if not gguf.path.exists():
        raise ServingError(f"{gguf.path}: is gone; run {run.run_id!r} again to make it anew")
    return Made(run, config, gguf, is_production)
