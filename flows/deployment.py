"""Steps of prefect.yaml."""

from pathlib import Path
from typing import Any

from nyay_lib.config import load_config


def read_config(path: str) -> dict[str, dict[str, Any]]:
    """A configuration file as a deployment's parameter, checked and with every default written out.

    Raises ConfigError.
    """
    return {"config": load_config(Path(path)).model_dump(mode="json", by_alias=True)}
