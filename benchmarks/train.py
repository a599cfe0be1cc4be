"""How fast, and in how much memory, is an adapter trained, against mlx-lm and against torch with peft?

SmolLM2-135M out of its package; rows of the sample data, 128 to 511 tokens long, three quarters of each a prompt. The
same rows, effective batch, adapter, rate and OpenBLAS for all; each contender a process of its own, turn by turn.
(a) mlx_lm.lora on the 8-bit base, cut off after a minute; (b) mlx_lm.lora on the unquantised f32 base; (c) torch and
peft in f32, where they are installed. Tokens are those of the rows, padding left out.

The machine must have nothing else to do: a BLAS with several threads, which the peers need, suffers most from that.

python benchmarks/train.py
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from nyay_lib.base_model.embedded import make_embedded
from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.data.chat import chat_line
from nyay_lib.data.records import Record, read_records
from nyay_lib.jobs import QuantizeBaseJob, finish, run_job
from nyay_lib.prompt import chat_format, conversation, user_turn

ROOT = Path(__file__).resolve().parents[1]
CONTENDERS = ROOT / "benchmarks" / "contenders"
SAMPLES = ROOT / "data" / "sample"
REPEATS, STEPS, BATCH = 3, 4, 4
SHORTEST, LONGEST = 128, 511  # and one token that mlx-lm's template puts behind the answer
HELD_OUT_ROWS = 8
CAP_SECONDS = 60.0
SEED = 0
ADAPTER: dict[str, Any] = {
    "rank": 16,
    "scale": 2.0,
    "dropout": 0.05,
    "keys": [f"self_attn.{name}_proj" for name in "qkvo"],
    "rate": 2e-4,
    "weight_decay": 0.01,
    "longest": LONGEST + 1,
}
INSTALL_TORCH = "uv pip install --python .venv/bin/python torch peft (several GB; not among the locked requirements)"
PACKAGES = ("mlx", "mlx-lm", "numpy", "scipy-openblas32", "transformers", "torch", "peft")


@dataclass(frozen=True, slots=True)
class Workplace:
    """Bases, rows and how much of them; ``row_tokens`` and ``answer_tokens`` are sums over the training rows."""

    folder: Path
    steps: int
    row_tokens: int
    answer_tokens: int
    compiled: bool = False

    @property
    def quantised(self) -> Path:
        return self.folder / "8bit"

    @property
    def plain(self) -> Path:
        return self.folder / "f32"

    @property
    def rows(self) -> Path:
        return self.folder / "rows"

    @property
    def full_rows(self) -> Path:
        return self.folder / "full-rows"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--steps", type=int, default=STEPS, help=f"optimizer steps of {BATCH} rows in each repeat")
    parser.add_argument("--shortest", type=int, default=SHORTEST, help="tokens of the shortest row")
    parser.add_argument("--longest", type=int, default=LONGEST, help="tokens of the longest row")
    parser.add_argument("--cap", type=float, default=CAP_SECONDS, help="seconds that (a) gets for one step")
    parser.add_argument("--compile", action="store_true", help="MLX compiles mlx-lm's steps (a C++ compiler)")
    parser.add_argument("--tiny", action="store_true", help="a random model instead, to try this script")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nyay-benchmark-") as name:
        make = make_tiny if given.tiny else make_embedded
        place = replace(prepare(Path(name), make, given.steps, (given.shortest, given.longest)), compiled=given.compile)
        print(json.dumps(figures(place, given.repeats, given.cap)))


# --- what is trained on ---------------------------------------------------------------------------------------------


def prepare(folder: Path, make: Callable[[Path], None], steps: int, lengths: tuple[int, int]) -> Workplace:
    """Both bases, and all rows, ``lengths`` at least and at most."""
    make(folder / "f16")
    finish(run_job(QuantizeBaseJob(source=folder / "f16", target=folder / "8bit", bits=8), folder / "job"))
    to_f32 = ["-m", "mlx_lm", "convert", "--hf-path", str(folder / "f16"), "--mlx-path", str(folder / "f32")]
    subprocess.run([sys.executable, *to_f32, "--dtype", "float32"], check=True, stdout=subprocess.DEVNULL)
    tokenizer = load_tokenizer(folder / "f16")
    random = np.random.default_rng(SEED)
    mixed = [random.integers(*lengths, rows, endpoint=True).tolist() for rows in (steps * BATCH, HELD_OUT_ROWS)]
    counts = write_rows(folder / "rows" / "train.jsonl", "train", mixed[0], tokenizer)
    write_rows(folder / "full-rows" / "train.jsonl", "train", [lengths[1]] * BATCH, tokenizer)
    write_rows(folder / "held-out.jsonl", "val", mixed[1], tokenizer)
    return Workplace(folder, steps, *counts)


def write_rows(path: Path, split: str, lengths: Iterable[int], tokenizer: Tokenizer) -> tuple[int, int]:
    """A chat file with rows of ``lengths`` tokens at most; returns the tokens of rows and of answers."""
    records = [record for record in read_records(SAMPLES / f"{split}.jsonl") if isinstance(record, Record)]
    records = [record for record in records if len(plain(record.input)) > 0.95 * len(record.input)]
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [row(records[i % len(records)], length, i, tokenizer) for i, length in enumerate(lengths)]
    path.write_text("".join(chat_line(question, answer) for question, answer in rows), encoding="utf-8")
    counts = [token_count(question, answer, tokenizer) for question, answer in rows]
    return sum(prompt + completion - 1 for prompt, completion in counts), sum(answer for _, answer in counts)


def row(record: Record, length: int, number: int, tokenizer: Tokenizer) -> tuple[str, str]:
    """A question that takes three quarters of ``length`` tokens, and an answer with the rest."""
    answer = cut(f"{plain(record.output)} {plain(record.input)}", length // 4 - 2, tokenizer)
    taken = sum(token_count(user_turn(record.instruction, "-"), answer, tokenizer))
    # Another round over the records starts elsewhere in the text.
    source = cut(plain(record.input)[number:], length - taken - 1, tokenizer)
    question = user_turn(record.instruction, source)
    if (found := sum(token_count(question, answer, tokenizer))) > length:
        raise SystemExit(f"a row came to {found} tokens, more than {length}")
    return question, answer


def plain(text: str) -> str:
    """ASCII alone, so that a cut between tokens never parts a letter."""
    return text.encode("ascii", "ignore").decode()


def cut(text: str, tokens: int, tokenizer: Tokenizer) -> str:
    """The first ``tokens`` of a text, less where the cut makes other tokens."""
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    return tokenizer.decode(ids[: max(tokens, 1)]).strip()


def token_count(question: str, answer: str, tokenizer: Tokenizer) -> tuple[int, int]:
    """Tokens of the prompt, and of the answer with the token that ends it."""
    chat = chat_format(tokenizer.get_vocab())
    texts = chat.prompt(conversation(question)), answer + chat.end
    prompt, completion = (len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts)
    return prompt, completion


# --- running --------------------------------------------------------------------------------------------------------


def contend(
    script: str, place: Workplace, base: Path, *, seed: int = SEED, full: bool = False, cap: float = 0.0
) -> dict[str, Any]:
    """Train in a process of its own. ``peak`` is the most resident memory of that process or its child, in bytes."""
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    spec = ADAPTER | {
        "base": str(base),
        "data": str(place.full_rows if full else place.rows),
        "held_out": str(place.folder / "held-out.jsonl"),
        "folder": str(folder),
        "batch": BATCH,
        "seed": seed,
        "steps": 1 if full or cap else place.steps,
        "cap_seconds": cap,
        "compiled": place.compiled,
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    return run(script, folder / "spec.json")


def run(script: str, *arguments: Path) -> dict[str, Any]:
    """What a script prints last, and the peak of its memory."""
    command = [sys.executable, str(CONTENDERS / f"{script}.py"), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    # Ours splits a batch into a lane for each core, with a thread of BLAS each; a peer's one stream wants them all,
    # unless who calls knows better: on a busy machine threads that wait for one another are slower than one.
    if script == "ours":
        environment.pop("OPENBLAS_NUM_THREADS", None)
    else:
        environment.setdefault("OPENBLAS_NUM_THREADS", str(os.cpu_count()))
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=printed, stderr=log, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        log.seek(0)
        if process.returncode:
            raise SystemExit(f"{script} ended with {process.returncode}:\n{log.read().decode()[-4000:]}")
        unit = 1 if sys.platform == "darwin" else 1024
        found = json.loads(printed.read().decode().splitlines()[-1])
        print(script, {name: value for name, value in found.items() if name != "losses"}, file=sys.stderr, flush=True)
        return found | {"peak": usage.ru_maxrss * unit, "spec": [str(argument) for argument in arguments]}


# --- figures --------------------------------------------------------------------------------------------------------


def figures(place: Workplace, repeats: int, cap: float) -> dict[str, Any]:
    """All turns, then medians, ratios and shares."""
    with_torch = all(importlib.util.find_spec(name) for name in ("torch", "peft"))
    turns: dict[str, list[dict[str, Any]]] = {"ours": [], "mlx_lm_f32": [], "torch_f32": [], "gemm": []}
    for seed in range(repeats):
        turns["ours"].append(contend("ours", place, place.quantised, seed=seed))
        turns["mlx_lm_f32"].append(contend("mlx_lm_lora", place, place.plain, seed=seed))
        turns["gemm"].append(run("gemm_peak"))
        if with_torch:
            turns["torch_f32"].append(contend("torch_peft", place, place.folder / "f16", seed=seed))
    eight_bit = contend("mlx_lm_lora", place, place.quantised, cap=cap)
    speeds = {name: speed(place, found) for name, found in turns.items() if name != "gemm"}
    return {
        **ratios(place, speeds, eight_bit, cap),
        **memory(place),
        **gemm_share(place, speeds["ours"], [turn["flops"] for turn in turns["gemm"]]),
        **losses(turns),
        "tokens_per_second": speeds,
        "spread": {name: spread(found) for name, found in speeds.items()},
        "repeats": repeats,
        "work": work(place),
        "peers": peers(with_torch, place.compiled),
        "device": turns["ours"][0]["device"],
        "cores": os.cpu_count(),
        "versions": {"python": platform.python_version()} | {name: installed(name) for name in PACKAGES},
    }


def speed(place: Workplace, found: list[dict[str, Any]]) -> list[float]:
    """Tokens a second of each repeat: an epoch's tokens, padding left out, over the time of its steps."""
    return [round(place.row_tokens / sum(turn["seconds"]), 2) for turn in found]


def spread(values: list[float]) -> float | None:
    """Highest less lowest, as a share of the median."""
    return round((max(values) - min(values)) / statistics.median(values), 3) if values else None


def ratios(place: Workplace, speeds: dict[str, list[float]], eight_bit: dict[str, Any], cap: float) -> dict[str, Any]:
    """Our median over each peer's. The 8-bit peer's step counts as done when it was cut off: a lower bound."""
    ours = statistics.median(speeds["ours"])
    theirs = {name: statistics.median(found) if found else None for name, found in speeds.items()}
    step_tokens = place.row_tokens / place.steps
    slow = step_tokens / sum(eight_bit["seconds"])
    return {
        "ratio_mlx_lm_8bit": round(ours / slow, 2),
        "ratio_mlx_lm_8bit_is_a_lower_bound": eight_bit.get("capped", False),
        "mlx_lm_8bit": {"cap_seconds": cap, "seconds": eight_bit["seconds"], "tokens": round(step_tokens)},
        "ratio_mlx_lm_f32": over(ours, theirs["mlx_lm_f32"]),
        "ratio_torch_f32": over(ours, theirs["torch_f32"]),
    }


def over(ours: float, theirs: float | None) -> float | None:
    """Two figures' ratio, none where the peer is missing."""
    return round(ours / theirs, 3) if theirs else None


def memory(place: Workplace) -> dict[str, Any]:
    """Peaks of one step over rows of full length, the micro-batch the same."""
    ours = contend("ours", place, place.quantised, full=True)
    theirs = contend("mlx_lm_lora", place, place.plain, full=True)
    return {
        "peak_ratio_mlx_lm_f32": over(ours["peak"], theirs["peak"]),
        "mlx_peak_ratio_mlx_lm_f32": over(ours["mlx_peak"], theirs["mlx_peak"]),
        "peak_mib": {"ours": ours["peak"] >> 20, "mlx_lm_f32": theirs["peak"] >> 20},
        "mlx_peak_mib": {"ours": ours["mlx_peak"] >> 20, "mlx_lm_f32": theirs["mlx_peak"] >> 20},
    }


def gemm_share(place: Workplace, ours: list[float], peaks: list[float]) -> dict[str, Any]:
    """The share of the machine's peak that goes into the model's products.

    4 FLOP a parameter and token: forward, and backward by the input, as the weights are frozen. The embedding is
    looked up; as output projection it is computed for answers' tokens alone.
    """
    config = json.loads((place.plain / "config.json").read_bytes())
    hidden, heads, inner = config["hidden_size"], config["num_attention_heads"], config["intermediate_size"]
    narrow = config["num_key_value_heads"] * (hidden // heads)
    layers = config["num_hidden_layers"] * hidden * (2 * hidden + 2 * narrow + 3 * inner)
    projection = config["vocab_size"] * hidden * place.answer_tokens / place.row_tokens
    flops = 4 * (layers + projection) * statistics.median(ours)
    return {
        "gemm_share": round(flops / statistics.median(peaks), 3),
        "gemm_peak_gflops": [round(peak / 1e9, 1) for peak in peaks],
        "flop_per_token": round(4 * (layers + projection)),
    }


def losses(turns: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Loss over the held-out rows before and after the same tokens, in nats a token; each adapter on its own base.

    The bases start a little apart, so what training took off is compared, as the median over the turns' seeds: of
    adapters, dropout and order of the rows.
    """
    found = {
        name: [run("held_out", *map(Path, turn["spec"])) for turn in turns[name]] for name in ("ours", "mlx_lm_f32")
    }
    taken_off = {name: [loss["base"] - loss["tuned"] for loss in losses] for name, losses in found.items()}
    return {
        "ratio_taken_off": over(*(statistics.median(taken_off[name]) for name in ("ours", "mlx_lm_f32"))),
        "held_out_loss": {name: middle([loss["tuned"] for loss in losses]) for name, losses in found.items()},
        "held_out_loss_of_base": {name: round(losses[0]["base"], 5) for name, losses in found.items()},
        "held_out_loss_taken_off": {name: middle(values) for name, values in taken_off.items()},
        "held_out_loss_taken_off_by_seed": {name: [round(v, 5) for v in values] for name, values in taken_off.items()},
        "training_losses": {name: turns[name][0]["losses"] for name in ("ours", "mlx_lm_f32")},
    }


def middle(values: list[float]) -> float:
    return round(statistics.median(values), 5)


def work(place: Workplace) -> dict[str, Any]:
    """What a repeat trains on."""
    counts = {"row_tokens": place.row_tokens, "answer_tokens": place.answer_tokens}
    return {"rows": place.steps * BATCH, "effective_batch": BATCH, "steps": place.steps, **counts}


def peers(with_torch: bool, compiled: bool) -> dict[str, str]:
    """Each peer and its settings."""
    lora = "mlx_lm.lora's run(): mask_prompt, all layers, no gradient checkpointing, OpenBLAS threads: "
    lora += os.environ.get("OPENBLAS_NUM_THREADS") or str(os.cpu_count())
    lora += ", steps compiled" if compiled else ""
    torch = "torch and peft: sdpa, all cores, logits of the answers alone"
    return {
        "mlx_lm_8bit": f"{lora}, the same 8-bit base as ours",
        "mlx_lm_f32": f"{lora}, the unquantised base in f32",
        "torch_f32": torch if with_torch else f"not installed: {INSTALL_TORCH}",
    }


def installed(name: str) -> str | None:
    """A package's version."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    main()
