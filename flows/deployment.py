"""Steps of prefect.yaml."""

import os
from pathlib import Path
from typing import Any

from nyay_lib.config import load_config
from nyay_lib.errors import ConfigError


def read_config(path: str) -> dict[str, Any]:
    """A configuration file as a deployment's parameter, checked and with every default written out; and whether its
    weekly run is switched on.

    Raises ConfigError.
    """
    config = load_config(Path(path))
    return {"config": config.model_dump(mode="json", by_alias=True), "weekly": config.retraining.weekly}


def project_folder() -> dict[str, str]:
    """Where the deployments were made, for a worker that was not started by `nyay up`."""
    return {"folder": str(Path.cwd())}


def enter_project(folder: str) -> dict[str, str]:
    """Run the flow in the project's folder on the machine of its worker, wherever that is there.

    Raises ConfigError where there is none.
    """
    project = Path(os.environ.get("NYAY_PROJECT", folder))
    if not project.is_dir():
        raise ConfigError(f"{project}: is not on this machine; start its worker with `nyay up --worker-only`")
    os.chdir(project)
    return {"directory": str(project)}
