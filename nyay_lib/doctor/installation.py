"""Python, the platform, and the packages that are installed."""

import platform
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from nyay_lib.doctor.finding import Finding, broken, ok
from nyay_lib.preflight import compiler_check, python_check

PROJECT = "nyay"
REINSTALL = "rm -f .venv/.installed && make install"
# What requirements.lock is resolved for.
PLATFORMS = (("Linux", "x86_64"), ("Darwin", "arm64"))
OLDEST_MACOS = 14
# Prefect's server ends at start with a FastAPI that it does not know.
PREFECT = ("prefect", "fastapi")


def installation_findings() -> Iterator[Finding]:
    """Raises nothing: an environment without nyay itself is a finding."""
    try:
        project = metadata.metadata(PROJECT)
        required = [Requirement(line) for line in metadata.requires(PROJECT) or ()]
    except metadata.PackageNotFoundError:
        yield broken("packages", f"{PROJECT} is not installed in this environment", REINSTALL)
        return
    yield _python(SpecifierSet(project["Requires-Python"]))
    yield _platform()
    yield from _compiler()
    yield _packages("Prefect", [one for one in required if one.name in PREFECT])
    yield _packages("packages", [one for one in required if one.name not in PREFECT])


def _python(wanted: SpecifierSet) -> Finding:
    found = platform.python_version()
    if found in wanted:
        return ok("Python", found)
    return broken("Python", f"{found}, needed: {wanted}", "make clean && make install PYTHON=python3.12")


def _platform() -> Finding:
    system, machine = platform.system(), platform.machine()
    if system == "Darwin" and not (check := python_check()).ok:
        return broken("platform", f"macOS, Python {check.measured}, needed: {check.needed}", check.mend)
    if system == "Darwin" and int((platform.mac_ver()[0] or "0").split(".")[0]) < OLDEST_MACOS:
        found = f"macOS {platform.mac_ver()[0]}, needed: {OLDEST_MACOS} or newer"
        return broken("platform", found, "update macOS: softwareupdate --list")
    if (system, machine) not in PLATFORMS:
        needed = " or ".join(f"{system} on {machine}" for system, machine in PLATFORMS)
        return broken("platform", f"{system} on {machine}, needed: {needed}", "run nyay on such a machine")
    return ok("platform", f"{'macOS' if system == 'Darwin' else system} on {machine}")


def _compiler() -> Iterator[Finding]:
    """A Mac needs its command line tools; on Linux the compiler has done its work when nyay is installed."""
    if platform.system() == "Darwin":
        check = compiler_check()
        yield (
            ok("compiler", check.measured) if check.ok else broken("compiler", check.measured, "xcode-select --install")
        )


def _packages(name: str, required: list[Requirement]) -> Finding:
    """Whether each is there in a version that nyay works with."""
    asked = [one for one in required if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [words for words in map(_fault, asked) if words]
    if wrong:
        return broken(name, "; ".join(wrong), REINSTALL)
    if len(asked) > len(PREFECT):
        return ok(name, f"{len(asked)} as pyproject.toml asks")
    return ok(name, ", ".join(f"{one.name} {metadata.version(one.name)}" for one in asked))


def _fault(required: Requirement) -> str | None:
    """What is wrong with a package, in words."""
    try:
        found = metadata.version(required.name)
    except metadata.PackageNotFoundError:
        return f"{required.name} is not installed"
    if required.specifier.contains(found, prereleases=True):
        return None
    return f"{required.name} is {found}, needed: {required.specifier}"
