"""``embedded:tiny-random``: a Llama with random weights and a real tokenizer, made in a second. For tests only."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from nyay_lib.base_model.llama import WORDS, LlamaShape
from nyay_lib.base_model.tokenizer import add_special_tokens, write_tokenizer
from nyay_lib.base_model.weights import write_f16
from nyay_lib.files import replacing_folder, write_json

NAME = "embedded:tiny-random"
LICENCE = "mit"
PARAMETERS = 104_448
CONTEXT = 4096

BOS, EOS, EOT = "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"
SPECIAL = (BOS, EOS, "<|start_header_id|>", "<|end_header_id|>", EOT)
TOKENS = 475

TEXT = """\
The appellant was convicted by the Sessions Court under Section 302 of the Indian Penal Code, 1860.
The High Court dismissed the appeal and upheld the judgment and order of conviction and sentence.
Heard learned counsel for the petitioner and learned counsel for the respondent. Perused the record.
The writ petition under Article 226 of the Constitution of India is allowed. No order as to costs.
The court holds that the notice under Section 138 of the Negotiable Instruments Act, 1881 was served in time.
Bail is granted to the applicant on furnishing a bond of Rs. 25,000 with one surety in the like amount.
The suit is decreed with costs. The defendant shall hand over possession of the property to the plaintiff.
For the reasons stated above the petition is partly allowed and the impugned order is set aside.
The principal issues were whether the complaint was within limitation and whether the evidence was sufficient.
You are a legal assistant. Analyze the outcome of this judgment and summarize the reasoning of the court.
"""


@dataclass(frozen=True, slots=True)
class TinyShape:
    """Sizes of the random model; a test changes the one that it is about.

    ``vocab`` rows beyond the tokenizer's tokens are unused, as in padded models; None means exactly as many.
    """

    hidden: int = 64
    layers: int = 2
    heads: int = 4
    kv_heads: int = 2
    intermediate: int = 128
    vocab: int | None = None
    rope_theta: float = 500_000.0
    rope_scaling: dict[str, Any] | None = None


DEFAULT_SHAPE = TinyShape()


def make_tiny(folder: Path, shape: TinyShape = DEFAULT_SHAPE, seed: int = 0) -> None:
    """Write the model to ``folder``, whole or not at all; the same arguments give the same bytes."""
    tokenizer = tiny_tokenizer()
    llama = _llama(shape, tokenizer.get_vocab_size())
    ids = tokenizer.get_vocab(with_added_tokens=True)
    bos, eos, eot = (ids[token] for token in (BOS, EOS, EOT))
    with replacing_folder(folder) as new:
        write_json(new / "config.json", llama.config(bos, [eos, eot], eos))
        write_json(new / "generation_config.json", {"bos_token_id": bos, "eos_token_id": [eos, eot]})
        write_tokenizer(new, tokenizer, {"bos_token": BOS, "eos_token": EOT, "pad_token": EOS}, CONTEXT)
        write_f16(new / "model.safetensors", llama.tensors(), _weights(llama, seed))


def _llama(shape: TinyShape, tokens: int) -> LlamaShape:
    return LlamaShape(
        hidden=shape.hidden,
        layers=shape.layers,
        heads=shape.heads,
        kv_heads=shape.kv_heads,
        intermediate=shape.intermediate,
        vocab=shape.vocab or tokens,
        context=CONTEXT,
        rope_theta=shape.rope_theta,
        norm_eps=1e-5,
        rope_scaling=shape.rope_scaling,
    )


def _weights(llama: LlamaShape, seed: int) -> Iterator[npt.NDArray[np.float32]]:
    """Normal values that keep the size of what flows through, so that answers depend on the whole prompt."""
    generator = np.random.default_rng(seed)
    for shape in llama.tensors().values():
        if len(shape) == 1:
            yield np.ones(shape, np.float32)
        else:
            yield generator.standard_normal(shape, np.float32) * np.float32(shape[1] ** -0.5)


def tiny_tokenizer() -> Tokenizer:
    """A byte-level BPE tokenizer in the manner of Llama 3, learned from the text above."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=TOKENS - len(SPECIAL), initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    add_special_tokens(tokenizer, SPECIAL)
    first = processors.TemplateProcessing(
        single=f"{BOS} $A",
        pair=f"{BOS} $A {BOS}:1 $B:1",
        special_tokens=[(BOS, tokenizer.token_to_id(BOS))],
    )
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), first])
    return tokenizer
