"""A child starts without what mlx_lm imports and nobody calls."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import nyay_lib.engine
from nyay_lib.engine.lean import Absent

MODULES = sorted(path.stem for path in Path(nyay_lib.engine.__path__[0]).glob("[a-z]*.py"))
SCRIPT = f"""
import sys
from importlib import import_module
from nyay_lib.engine.lean import leave_out
leave_out()
for name in {MODULES!r}:
    import_module(f"nyay_lib.engine.{{name}}")
print([name for name in ("transformers.utils", "huggingface_hub.hf_api", "httpx") if name in sys.modules])
"""


def test_every_job_can_be_imported_without_them() -> None:
    assert {"train", "evaluate", "fuse", "quantize_base", "serve"} <= set(MODULES)
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_what_is_there_already_stays() -> None:
    script = "import transformers, nyay_lib.engine.lean as lean; lean.leave_out(); print(transformers.__version__)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.count(".") >= 1


def test_a_child_that_ends_at_once_loses_nothing_that_it_printed() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    script = "from nyay_lib.engine.__main__ import end; print('for the log'); end(3)"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (3, "for the log\n", "")


def test_what_is_left_out_says_so_when_it_is_called() -> None:
    with pytest.raises(NotImplementedError, match="left out of a child process"):
        Absent()
