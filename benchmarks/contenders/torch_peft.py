"""torch and peft on the unquantised base in f32. ``python torch_peft.py spec.json``; both are the benchmark's alone.

Best settings: a thread for each core, torch's own fused attention, logits of the answers' positions alone, padding to
the longest row of a batch, no gradient checkpointing.
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.data.chat import read_chats
from nyay_lib.prompt import chat_format

# Neither is among the locked requirements: no types are at hand.
torch: Any = importlib.import_module("torch")
peft: Any = importlib.import_module("peft")
transformers: Any = importlib.import_module("transformers")

Row = tuple[list[int], int]


def main() -> None:
    spec: dict[str, Any] = json.loads(Path(sys.argv[1]).read_bytes())
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(spec["seed"])
    model = adapted(spec)
    rate, decay = spec["rate"], spec["weight_decay"]
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=decay)
    found = rows(Path(spec["data"]) / "train.jsonl", Path(spec["base"]))
    seconds, losses = list[float](), list[float]()
    for start in range(0, spec["steps"] * spec["batch"], spec["batch"]):
        begin = time.perf_counter()
        losses.append(step(model, optimizer, found[start : start + spec["batch"]]))
        seconds.append(time.perf_counter() - begin)
    device = f"CPU, torch {torch.__version__}"
    print(json.dumps({"seconds": seconds, "losses": losses, "mlx_peak": 0, "device": device}))


def adapted(spec: dict[str, Any]) -> Any:
    """The base in f32 with adapters on the same modules."""
    model = transformers.AutoModelForCausalLM.from_pretrained(
        spec["base"], dtype=torch.float32, attn_implementation="sdpa"
    )
    lora = peft.LoraConfig(
        r=spec["rank"],
        lora_alpha=spec["rank"] * spec["scale"],
        lora_dropout=spec["dropout"],
        target_modules=[key.split(".")[-1] for key in spec["keys"]],
    )
    return peft.get_peft_model(model, lora).train()


def rows(path: Path, base: Path) -> list[Row]:
    """Tokens of each row, and how many of them are the prompt's."""
    tokenizer = load_tokenizer(base)
    chat = chat_format(tokenizer.get_vocab())
    found: list[Row] = []
    for *question, answer in read_chats(path):
        prompt = tokenizer.encode(chat.prompt(question), add_special_tokens=False).ids
        completion = tokenizer.encode(answer["content"] + chat.end, add_special_tokens=False).ids
        found.append(([*prompt, *completion], len(prompt)))
    return found


def step(model: Any, optimizer: Any, batch: list[Row]) -> float:
    """One optimizer step; returns its loss in nats a completion token."""
    longest = max(len(tokens) for tokens, _ in batch) - 1
    inputs = torch.tensor([tokens[:-1] + [0] * (longest - len(tokens) + 1) for tokens, _ in batch])
    places = [(i, p) for i, (tokens, prompt) in enumerate(batch) for p in range(prompt - 1, len(tokens) - 1)]
    targets = torch.tensor([batch[i][0][p + 1] for i, p in places])
    llama = model.get_base_model()
    # Rows are padded on the right: under a causal mask no real token sees the padding.
    hidden = llama.model(input_ids=inputs).last_hidden_state
    chosen = hidden[[i for i, _ in places], [p for _, p in places]]
    loss = torch.nn.functional.cross_entropy(llama.lm_head(chosen), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss)


if __name__ == "__main__":
    main()
