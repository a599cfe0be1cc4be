"""Every command that README and docs show is one that there is, with options that there are; help is quick to come."""

import importlib.metadata
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
import typer
import yaml
from typer._click.exceptions import BadOptionUsage, MissingParameter
from typer.core import TyperGroup
from typer.testing import CliRunner

from flows.cli import app

PROJECT = Path(__file__).parents[1]
DOCS = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))]
COMMANDS = ["up", "train", "ask", "serve", "plan", "doctor", "data", "models", "review", "service"]
# What costs time to load; typer itself needs pydantic as soon as a command has parameters.
HEAVY = ("rich", "prefect", "httpx", "numpy", "yaml", "mlx", "llama_cpp", "nyay_lib")


def typed(page: str) -> Iterator[str]:
    """The commands in blocks of shell."""
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        yield from (line for line in block.replace("\\\n", " ").splitlines() if line.strip())


def mentioned(page: str) -> Iterator[str]:
    """The commands within the text, of which some are only named."""
    for span in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL)):
        if re.match(r"(?:nyay|prefect|make) ", span):
            yield " ".join(span.split())


def words(command: str) -> Iterator[list[str]]:
    """The words of a command. What may be left out is given, and of words to choose from each in its turn."""
    plain = shlex.split(re.sub(r"[\[\]]", "", command), comments=True)
    choices = [word.split("|") if place in (1, 2) else [word] for place, word in enumerate(plain)]
    yield from (list(chosen) for chosen in product(*choices))


NYAY = typer.main.get_command(app)


def parse(arguments: list[str]) -> None:
    """Have nyay read its arguments without doing anything. Raises as it does for a user."""
    command, name, parent = NYAY, "nyay", None
    while True:
        context = command.make_context(name, list(arguments), parent=parent)
        rest = [*context._protected_args, *context.args] if isinstance(command, TyperGroup) else []
        if not rest:
            return
        found, inner, arguments = command.resolve_command(context, rest)
        assert found is not None and inner is not None
        command, name, parent = inner, found, context


def check(command: str) -> None:
    for program, *arguments in words(command):
        match Path(program).name:
            case "nyay" if arguments[:1] != ["--install-completion"]:  # done as soon as it is read
                parse(arguments)
            case "make":
                targets = re.findall(r"^([\w-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
                assert [word for word in arguments if "=" not in word and word not in targets] == []
            case "prefect" if arguments[:2] == ["deployment", "run"] and arguments[2:]:
                assert arguments[2] in deployments()
            case _:
                pass


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_the_commands_of_a_page_are_ones_that_there_are(page: Path) -> None:
    text = page.read_text()
    for command in typed(text):
        check(command)
    for command in mentioned(text):
        with suppress(MissingParameter, BadOptionUsage):
            check(command)


def deployments() -> set[str]:
    described = yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]
    return {f"{one['entrypoint'].rpartition(':')[2].replace('_', '-')}/{one['name']}" for one in described}


def test_a_wrong_option_would_be_noticed() -> None:
    for wrong in (["plan", "--jsn"], ["modles"], ["data", "check"], ["models", "promote", "RUN", "--why", "x"]):
        with pytest.raises(Exception, match=r"No such (option|command)|Missing"):
            parse(wrong)


def test_the_version_is_the_packages() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"nyay {importlib.metadata.version('nyay')}\n")


def test_help_comes_at_once_and_has_an_example_for_each_command() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], cwd=PROJECT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert list(told["help"])[: len(COMMANDS)] == COMMANDS and len(COMMANDS) <= 10
    assert told["pydantic"] is False and told["heavy"] == []
    for name, text in told["help"].items():
        examples = re.findall(r"Example: (nyay .+?)(?:\n\n|\n\x20*$|$)", text, re.DOTALL)
        assert examples, name
        for example in examples:
            parse(shlex.split(" ".join(example.split()))[1:])


ASK = f"""
import json, sys
import typer
from flows.cli import app
from typer.testing import CliRunner
loaded = lambda: [name for name in {HEAVY!r} if name in sys.modules]
runner = CliRunner()
first = runner.invoke(app, ["--help"])
told = {{"pydantic": "pydantic" in sys.modules, "help": {{}}}}
command = typer.main.get_command(app)
for name, one in command.commands.items():
    told["help"][name] = one.help
for name, group in command.commands.items():
    for inner, one in getattr(group, "commands", {{}}).items():
        told["help"][f"{{name}} {{inner}}"] = one.help
        runner.invoke(app, [name, inner, "--help"])
    runner.invoke(app, [name, "--help"])
told["heavy"] = loaded()
print(json.dumps(told))
"""
