"""Losses of a base over the held-out rows, alone and with a trained adapter. ``python held_out.py spec.json``."""

import json
import sys
from pathlib import Path
from typing import Any

from nyay_lib.config import LoraConfig
from nyay_lib.engine import device


def main() -> None:
    device.prepare()
    from nyay_lib.engine.batches import read_rows
    from nyay_lib.engine.lanes import Lanes
    from nyay_lib.engine.loss import mean_loss
    from nyay_lib.engine.model import attach_lora, load, load_adapter

    spec: dict[str, Any] = json.loads(Path(sys.argv[1]).read_bytes())
    loaded = load(Path(spec["base"]))
    # An adapter that was not trained yet adds nothing.
    attach_lora(loaded.model, LoraConfig(rank=spec["rank"], alpha=spec["rank"] * spec["scale"]))
    loaded.model.eval()
    rows = read_rows(Path(spec["held_out"]), loaded)
    base = mean_loss(loaded.model, rows, spec["batch"], Lanes())
    load_adapter(loaded.model, Path(spec["folder"]) / "adapter")
    print(json.dumps({"base": base, "tuned": mean_loss(loaded.model, rows, spec["batch"], Lanes())}))


if __name__ == "__main__":
    main()
