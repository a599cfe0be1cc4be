"""`nyay doctor`: whether this machine can do a run, and what mends what is in the way."""

import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from flows.prefect_findings import prefect_findings
from flows.server import api_address
from nyay_lib.config import PipelineConfig, config_of
from nyay_lib.doctor.engines import engine_findings
from nyay_lib.doctor.finding import Finding
from nyay_lib.doctor.installation import installation_findings
from nyay_lib.doctor.ports import serving_port
from nyay_lib.doctor.run_needs import run_findings
from nyay_lib.errors import ConfigError
from nyay_lib.reports.doctor import doctor_json, doctor_lines

SERVING_PORT = 8080
NOTHING_BROKEN, BROKEN = 0, 1


def run(config_file: Path | None, *, as_json: bool) -> int:
    """Look at everything and print it; 0 if nothing is broken, 1 if something is. Raises ConfigError."""
    if not Path("prefect.yaml").exists():
        raise ConfigError(f"{Path.cwd()}: has no prefect.yaml; call `nyay doctor` in the project's folder")
    config = config_of(config_file)
    with Console(stderr=True).status("looking"):
        findings = list(findings_of(config))
    if as_json:
        print(json.dumps(doctor_json(findings), ensure_ascii=False))
    else:
        console = Console(highlight=False)
        for line in doctor_lines(findings):
            console.print(line, soft_wrap=True)
    return BROKEN if any(finding.state == "broken" for finding in findings) else NOTHING_BROKEN


def findings_of(config: PipelineConfig) -> Iterator[Finding]:
    yield from installation_findings()
    yield from engine_findings()
    yield from run_findings(config)
    yield serving_port(SERVING_PORT)
    yield from prefect_findings(api_address())
