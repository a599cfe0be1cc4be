"""Llama as Hugging Face writes it: config.json, the names and shapes of the tensors, and how Llama 3 cuts words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ARCHITECTURE = "LlamaForCausalLM"
# How Llama 3 cuts a text into words before it merges (meta-llama/llama3, tokenizer.py).
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """Sizes of a Llama with tied embeddings. ``context`` is the longest text in tokens."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    intermediate: int
    vocab: int
    context: int
    rope_theta: float
    norm_eps: float
    rope_scaling: dict[str, Any] | None = None

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.hidden // self.heads

    def config(self, bos: int, eos: int | list[int], pad: int) -> dict[str, Any]:
        """What config.json says of f16 weights of this shape. ``bos``, ``eos`` and ``pad`` are token ids."""
        return {
            "architectures": [ARCHITECTURE],
            "attention_bias": False,
            "attention_dropout": 0.0,
            "bos_token_id": bos,
            "eos_token_id": eos,
            "head_dim": self.head_dim,
            "hidden_act": "silu",
            "hidden_size": self.hidden,
            "initializer_range": 0.02,
            "intermediate_size": self.intermediate,
            "max_position_embeddings": self.context,
            "mlp_bias": False,
            "model_type": "llama",
            "num_attention_heads": self.heads,
            "num_hidden_layers": self.layers,
            "num_key_value_heads": self.kv_heads,
            "pad_token_id": pad,
            "rms_norm_eps": self.norm_eps,
            "rope_scaling": self.rope_scaling,
            "rope_theta": self.rope_theta,
            "tie_word_embeddings": True,
            "torch_dtype": "float16",
            "use_cache": True,
            "vocab_size": self.vocab,
        }

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Shape of each tensor by name, in the order of the layers."""
        embedding = {"model.embed_tokens.weight": (self.vocab, self.hidden)}
        layers = {name: shape for layer in range(self.layers) for name, shape in self._layer(layer)}
        return embedding | layers | {"model.norm.weight": (self.hidden,)}

    def _layer(self, layer: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        hidden, kv = self.hidden, self.kv_heads * self.head_dim
        shapes: dict[str, tuple[int, ...]] = {
            "input_layernorm": (hidden,),
            "self_attn.q_proj": (hidden, hidden),
            "self_attn.k_proj": (kv, hidden),
            "self_attn.v_proj": (kv, hidden),
            "self_attn.o_proj": (hidden, hidden),
            "post_attention_layernorm": (hidden,),
            "mlp.gate_proj": (self.intermediate, hidden),
            "mlp.up_proj": (self.intermediate, hidden),
            "mlp.down_proj": (hidden, self.intermediate),
        }
        for name, shape in shapes.items():
            yield f"model.layers.{layer}.{name}.weight", shape


# https://huggingface.co/meta-llama/Llama-3.2-3B-Instruct, config.json.
LLAMA_32_3B = LlamaShape(
    hidden=3072,
    layers=28,
    heads=24,
    kv_heads=8,
    intermediate=8192,
    vocab=128_256,
    context=131_072,
    rope_theta=500_000.0,
    norm_eps=1e-5,
    rope_scaling={
        "factor": 32.0,
        "high_freq_factor": 4.0,
        "low_freq_factor": 1.0,
        "original_max_position_embeddings": 8192,
        "rope_type": "llama3",
    },
)
