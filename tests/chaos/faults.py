"""Every fault that a step may come to: the columns of the matrix, and where one makes no sense, why."""

from tests.chaos.steps import Step

FAULTS = (
    "SIGKILL",
    "SIGTERM",
    "cancel",
    "disk full",
    "read-only folder",
    "network cut",
    "damaged input",
    "clock jump",
    "two at once",
)
NEEDS_MOUNT = {"disk full", "read-only folder"}


def reason_against(step: Step, fault: str) -> str:
    """Why a step cannot come to a fault; empty where it can."""
    if fault == "network cut" and step.network is None:
        return "talks to nobody"
    if fault == "damaged input" and not step.inputs:
        return {
            "download": "its input is the hub, whose wrong digests are a network fault here",
            "summary": "reads results alone, which are JSON and are checked when they are read",
        }[step.name]
    return ""
