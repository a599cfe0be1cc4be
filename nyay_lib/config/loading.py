"""From a YAML file to a PipelineConfig, or to the line, the key and the value that are wrong."""

from collections.abc import Iterator
from pathlib import Path

import pydantic
import yaml

from nyay_lib.config.faults import describe_fault
from nyay_lib.config.pipeline import PipelineConfig
from nyay_lib.errors import ConfigError


def load_config(path: Path) -> PipelineConfig:
    """Read a YAML file into a PipelineConfig.

    Raises ConfigError in one line that names the file, the line, the key and the value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); name a YAML file such as config/demo.yaml") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    lines = _line_numbers(path, root) if root is not None else {}
    try:
        return PipelineConfig.model_validate(values or {})
    except pydantic.ValidationError as error:
        raise ConfigError(_printable(_explain(path, error, lines))) from error


def config_of(path: Path | None) -> PipelineConfig:
    """The configuration of a file, the defaults without one. Raises ConfigError."""
    return load_config(path) if path else PipelineConfig()


def _printable(text: str) -> str:
    """A text with what no terminal shows, such as a control character in a key, spelt out."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _line_numbers(path: Path, node: yaml.Node, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    """The line of each key; a key that stands twice is refused, as YAML itself would keep the last silently."""
    lines: dict[tuple[str, ...], int] = {}
    for key, value in _entries(node):
        place, line = (*prefix, str(key.value)), key.start_mark.line + 1
        if place in lines:
            twice = _printable(".".join(place))
            raise ConfigError(f"{path}:{line}: {twice} stands twice (first in line {lines[place]}); keep one")
        lines |= {place: line, **_line_numbers(path, value, place)}
    return lines


def _entries(node: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value


def _explain(path: Path, error: pydantic.ValidationError, lines: dict[tuple[str, ...], int]) -> str:
    """The first fault in one line, and how many more there are."""
    faults = error.errors()
    place = tuple(str(part) for part in faults[0]["loc"])
    line = next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), None)
    where = f"{path}:{line}" if line else str(path)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{where}: {'.'.join(place) or 'the file'}: {describe_fault(dict(faults[0]))}{more}"
