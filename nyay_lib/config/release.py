"""Where a release is served, and who is told of it."""

import re
from typing import Any, Literal

import pydantic
from pydantic import Field, PositiveInt

from nyay_lib.config.section import Section


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


class NotifyConfig(Section):
    """Who is told when a run ends, fails, waits for a person, or its model is refused."""

    block: str | None = Field(
        default=None,
        pattern=r"^[0-9a-z-]+/[0-9a-z-]+$",
        description="Prefect's notification block, such as slack-webhook/team, which holds address and secrets; "
        "`nyay up` reads it from config/training_config.yaml. Empty: nobody",
    )
