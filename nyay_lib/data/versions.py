"""Versions of a data set: the given files and all that arrived since, examined, divided, and frozen under a digest.

The validation set is chosen once: the good rows of the validation file that do not leak, or, where there is no such
file, a share of the pool. What arrives later goes to training, or nowhere if its case or text is validated on.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from nyay_lib.config import PipelineConfig
from nyay_lib.data.arrivals import DIGITS, arrived, take, taken
from nyay_lib.data.decisions import Decision, forgotten, read_decisions, released
from nyay_lib.data.examine import Rules
from nyay_lib.data.gathering import Gathering, Origin, Role, learnable
from nyay_lib.data.manifest import USED, describe
from nyay_lib.data.sides import Sides, choose_sides, leaking_places, write_sides
from nyay_lib.data.split import FrozenValidation
from nyay_lib.data.survey import Survey, survey
from nyay_lib.data.version import MANIFEST, Version, home, json_lines, load_version, newest, versions_of
from nyay_lib.errors import DataError
from nyay_lib.files import digest_file, digest_value, sync_file, sync_folder, write_json, write_text

# Raised when rows are examined or divided in another way, so that older versions are not taken for new ones.
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a version is made from."""

    config: PipelineConfig
    origins: tuple[Origin, ...]
    decisions: tuple[Decision, ...]
    parent: Version | None

    @property
    def without(self) -> frozenset[str]:
        return forgotten(self.decisions)

    @property
    def rules(self) -> Rules:
        """What is too long is a matter of the model, not of the data: there is no token budget."""
        masked = self.config.data.mask_identifiers
        return Rules(None, masked, released(self.decisions), self.without, learnable)

    @property
    def validation_source(self) -> str | None:
        return next((origin.digest for origin in self.origins if origin.role == "validation"), None)

    @property
    def inputs(self) -> str:
        """Digest of all of it. How a pool was divided at first stays, so share and seed are no part of it."""
        sources = [(origin.role, origin.digest) for origin in self.origins]
        decided = [sorted(self.without), sorted(digest.hex() for digest in self.rules.released)]
        return digest_value([FORMAT, sources, decided, self.config.data.mask_identifiers])

    @property
    def frozen(self) -> FrozenValidation | None:
        """The validation rows, if they were chosen from this validation file, or from the pool, before."""
        same = self.parent is not None and self.parent.validation_source == self.validation_source
        return self.parent.frozen_validation if self.parent and same else None


def has_versions(config: PipelineConfig) -> bool:
    """Whether this data set has versions, or is to have one: a file of records arrived."""
    return bool(arrived(config.data.incoming) or versions_of(config))


def build_version(config: PipelineConfig) -> Version:
    """The version of the data set as it is now: the given files, what arrived, and what was decided.

    If nothing changed, it is the one that was made before, with ``reused``. Of two builders at once one waits.
    Raises DataError: a file that cannot be read, nothing to train or validate on, a folder of another data set.
    """
    root = home(config)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / ".lock"):
        _sweep(root)
        waiting = take(config.data.incoming, root / "sources")
        plan = _plan(config, root)
        version = _built_before(root, plan) or _build(root, plan)
    return version.model_copy(update={"waiting": tuple(map(str, waiting))})


def _plan(config: PipelineConfig, root: Path) -> Plan:
    parent = newest(config)
    _require_same_data_set(config, root, parent)
    given: list[Origin] = []
    files: dict[Role, Path] = {"validation": config.data.validation, "train": config.data.train}
    for role, path in files.items():
        if path.is_file():
            given.append(Origin(path.name, role, digest_file(path)[:DIGITS], path))
        elif parent and any(source.role == role for source in parent.sources):
            raise DataError(f"{path}: there is no such file, but version {parent.name} was made from it; put it back")
    later = [Origin(file.name, "arrival", file.digest, file.path) for file in taken(root / "sources")]
    if not later and not any(origin.role == "train" for origin in given):
        raise _nothing(config)
    return Plan(config, (*given, *later), tuple(read_decisions(config.data.decisions)), parent)


def require_records(config: PipelineConfig) -> None:
    """Raises DataError where no version can be: there is none yet, no training file, and nothing that arrived."""
    data = config.data
    if not (data.train.is_file() or any(data.incoming.glob("*")) or newest(config)):
        raise _nothing(config)


def _nothing(config: PipelineConfig) -> DataError:
    return DataError(
        f"{config.data.train}: there is no such file, and nothing arrived in {config.data.incoming}; correct data.train"
    )


def _require_same_data_set(config: PipelineConfig, root: Path, parent: Version | None) -> None:
    """Two data sets in one folder would be taken for versions of each other."""
    if parent and parent.belongs_to != (here := belongs_to(config, root)):
        raise DataError(
            f"{root}: holds versions of {parent.belongs_to}, not of {here}; set data.versions, data.incoming and "
            "data.decisions to folders of this data set's own"
        )


def belongs_to(config: PipelineConfig, root: Path) -> str:
    """The training file as seen from the versions, so that the project can be moved."""
    return Path(os.path.relpath(config.data.train.resolve(), root)).as_posix()


def _built_before(root: Path, plan: Plan) -> Version | None:
    """The version that the same inputs gave, if it is still there."""
    note = root / "built" / f"{plan.inputs[:DIGITS]}.txt"
    if not note.exists():
        return None
    folder = root / note.read_text(encoding="utf-8").strip()
    return load_version(folder).model_copy(update={"reused": True}) if (folder / MANIFEST).exists() else None


def _build(root: Path, plan: Plan) -> Version:
    """Make the version; if its rows turn out to be those of one that is there, that one."""
    sources = [origin.source for origin in plan.origins]
    with _partial_folder(root) as folder, survey(sources, plan.rules) as surveyed:
        gathering = Gathering(plan.origins, surveyed)
        gathering.run(folder)
        sides = choose_sides(plan.config, gathering, surveyed.compared, _frozen(plan, gathering, surveyed))
        write_sides(folder, gathering, surveyed.compared, sides)
        version = _seal(folder, plan, gathering, sides)
        target = root / version.name
        known = (target / MANIFEST).exists()
        if not known:
            shutil.rmtree(target, ignore_errors=True)
            folder.rename(target)
            sync_folder(root)
    write_text(root / "built" / f"{plan.inputs[:DIGITS]}.txt", version.name + "\n")
    return load_version(target).model_copy(update={"reused": known})


def _frozen(plan: Plan, gathering: Gathering, surveyed: Survey) -> FrozenValidation | None:
    """The choice that was made before, with rows of the validation file that a person has put back since."""
    if plan.frozen is None or plan.validation_source is None:
        return plan.frozen or _given(plan, gathering, surveyed)
    leaking, released_rows = leaking_places(surveyed.compared), plan.rules.released
    of_file = (good for good in gathering.good if good.origin == 0 and good.place not in leaking)
    back = {good.row.digest: good.row.cnr for good in of_file if bytes.fromhex(good.row.digest) in released_rows}
    return plan.frozen.model_copy(update={"rows": plan.frozen.rows | back})


def _given(plan: Plan, gathering: Gathering, surveyed: Survey) -> FrozenValidation | None:
    """The good rows of the validation file that do not leak into the given training file; None without such a file.

    Arrivals have no say in it, so that those which came before the first version do not differ from later ones.
    """
    given = [origin for origin in plan.origins if origin.role != "arrival"]
    if not given or given[0].role != "validation":
        return None
    leaking = leaking_places(surveyed.first(len(given)))
    rows = {good.row.digest: good.row.cnr for good in gathering.good if good.origin == 0 and good.place not in leaking}
    return FrozenValidation(seed=0, share=0.0, rows=rows)


def _seal(folder: Path, plan: Plan, gathering: Gathering, sides: Sides) -> Version:
    """Write the manifest last, when all else is on the disk."""
    (folder / "accepted.jsonl").unlink()
    write_json(folder / "validation.json", sides.frozen.model_dump())
    files = [digest_file(folder / name) for name in ("train.jsonl", "val.jsonl")]
    # What is quarantined belongs to it: a person may want it, though nothing is learned from it yet.
    digest = digest_value([FORMAT, *files, sorted(gathering.held)])
    about = describe(gathering, sides, plan.parent, _known(plan.parent), (files[0], files[1]))
    version = Version(
        digest=digest,
        inputs=plan.inputs,
        created=datetime.now(UTC),
        parent=plan.parent.name if plan.parent else None,
        belongs_to=belongs_to(plan.config, home(plan.config)),
        validation_source=plan.validation_source,
        mask_identifiers=plan.config.data.mask_identifiers,
        forgotten_cases=len(plan.without),
        released_rows=sum(bytes.fromhex(good.row.digest) in plan.rules.released for good in gathering.good),
        folder=folder,
        **about,
    )
    for path in folder.iterdir():
        sync_file(path)
    write_text(folder / MANIFEST, version.model_dump_json(indent=2) + "\n")
    return version


def _known(parent: Version | None) -> dict[str, str]:
    """Digest and CNR of each row of the parent."""
    if parent is None:
        return {}
    return {row["digest"]: row["cnr"] for row in json_lines(parent.rows_file) if row["side"] in USED}


def _sweep(root: Path) -> None:
    """Remove what a builder that was killed left behind; the lock says that none is at work."""
    for folder in (*root.glob(".*.partial"), *(root / "sources").glob(".*.partial")):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _partial_folder(root: Path) -> Generator[Path]:
    """A folder to fill, which is gone afterwards unless it was renamed."""
    folder = Path(tempfile.mkdtemp(dir=root, prefix=".version.", suffix=".partial"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
