"""Which engines this test process, or a flow below it, has left running."""

import psutil


def engines() -> list[psutil.Process]:
    """Descendants that run the engine. Servers and pools that live as long as the test session are not among them."""
    return [process for process in psutil.Process().children(recursive=True) if "nyay_lib.engine" in _command(process)]


def _command(process: psutil.Process) -> list[str]:
    """Its arguments; none of a process that has ended."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
