"""A model folder to an F16 GGUF by nyay's writer. ``python writer.py FOLDER TARGET``: its seconds and own peak."""

import json
import resource
import sys
import time
from pathlib import Path

from nyay_lib.export.gguf import write_gguf


def main() -> None:
    start = time.perf_counter()
    written = write_gguf(Path(sys.argv[1]), Path(sys.argv[2]), name="benchmark")
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib(), "bytes": written.bytes, "tensors": written.tensors}))


def peak_mib() -> float:
    """The most memory that this process held; Linux's getrusage also knows what its parent held when it started it."""
    if sys.platform == "linux":
        return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
