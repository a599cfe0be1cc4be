"""A model folder to an F16 GGUF by nyay's writer. ``python writer.py FOLDER TARGET``: its seconds and own peak."""

import json
import sys
import time
from pathlib import Path

from nyay_lib.engine.process_memory import process_peak
from nyay_lib.export.gguf import write_gguf


def main() -> None:
    start = time.perf_counter()
    written = write_gguf(Path(sys.argv[1]), Path(sys.argv[2]), name="benchmark")
    seconds = time.perf_counter() - start
    print(
        json.dumps(
            {"seconds": seconds, "peak_mib": process_peak() / 2**20, "bytes": written.bytes, "tensors": written.tensors}
        )
    )


if __name__ == "__main__":
    main()
