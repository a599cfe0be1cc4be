"""Ranks divide the effective batch, find one another, and the end that explains the others is told."""

import re
import shlex
from pathlib import Path

import pytest
from pydantic import ValidationError

from nyay_lib.config import DistributedConfig, PipelineConfig
from nyay_lib.errors import JobError, NyayError, OutOfMemory
from nyay_lib.jobs import TrainJob
from nyay_lib.ladder import ladder
from nyay_lib.ranks import Others, addresses


def config(ranks: int, batch_size: int = 4, accumulation: int = 4, **distributed: object) -> PipelineConfig:
    training = {"batch_size": batch_size, "gradient_accumulation": accumulation}
    return PipelineConfig.model_validate({"training": training, "distributed": {"ranks": ranks, **distributed}})


def others(folder: Path, settings: PipelineConfig) -> Others:
    return Others(
        TrainJob(
            config=settings,
            base=folder,
            train=folder,
            validation=folder,
            checkpoints=folder,
            adapter=folder,
            fingerprints={},
            micro_batch=1,
            gradient_checkpointing=False,
        ),
        folder,
    )


def test_the_effective_batch_must_divide_by_the_ranks() -> None:
    with pytest.raises(ValidationError, match="effective batch of 16 rows does not divide by distributed.ranks, 3"):
        config(3)


def test_there_is_a_host_for_each_rank_or_none_is_named() -> None:
    with pytest.raises(ValidationError, match="distributed.hosts names 1 machines for 2 ranks"):
        config(2, hosts=["10.0.0.1"])


def test_each_rank_accumulates_its_share() -> None:
    rungs = [str(rung) for rung in ladder(config(2))]
    assert rungs == ["4x2 on 2 ranks", "2x4 on 2 ranks", "1x8 on 2 ranks", "1x8 on 2 ranks, gradient checkpointing"]


def test_no_rung_is_wider_than_a_ranks_share() -> None:
    assert [str(rung) for rung in ladder(config(8, 16, 1))][:2] == ["2x1 on 8 ranks", "1x2 on 8 ranks"]


def test_ranks_on_this_machine_listen_on_free_ports() -> None:
    first, second = addresses(DistributedConfig(ranks=2)), addresses(DistributedConfig(ranks=2))
    assert len({*first}) == 2 and all(re.fullmatch(r"127\.0\.0\.1:\d+", place) for place in [*first, *second])


def test_ranks_on_several_machines_listen_where_they_were_told() -> None:
    settings = DistributedConfig(ranks=2, hosts=("10.0.0.1", "10.0.0.2"), port=5000)
    assert addresses(settings) == ["10.0.0.1:5000", "10.0.0.2:5001"]


def test_another_machine_runs_the_same_command_in_the_same_folder(tmp_path: Path) -> None:
    command = others(tmp_path, config(2, hosts=["10.0.0.1", "10.0.0.2"]))._command(1)
    assert command[0] == "ssh" and command[-2] == "10.0.0.2"
    assert command[-1].startswith(f"cd {shlex.quote(str(Path.cwd()))} && env MLX_RANK=1 MLX_HOSTFILE={tmp_path}/hosts")
    assert f"-m nyay_lib.engine {tmp_path}/job.json; exit $?" in command[-1]


class Ended:
    """A rank that has ended."""

    def __init__(self, error: NyayError) -> None:
        self.error, self.process = error, self

    def wait(self, seconds: float) -> int:
        return 1

    def ended(self) -> NyayError:
        return self.error


LOST = JobError("train failed: RuntimeError: [ring] connection to a peer was lost")
MEMORY = OutOfMemory("train, rank 1: the process was ended by SIGKILL, as when memory runs out")
BUG = JobError("train, rank 1 failed: TypeError: no")
USER = NyayError("training diverges")


@pytest.mark.parametrize(
    ("first", "other", "told"),
    [(LOST, MEMORY, MEMORY), (MEMORY, LOST, MEMORY), (LOST, BUG, BUG), (USER, LOST, USER), (BUG, USER, USER)],
)
def test_the_end_that_explains_the_other_is_told(
    tmp_path: Path, first: NyayError, other: NyayError, told: NyayError
) -> None:
    company = others(tmp_path, config(2))
    company._ranks = [Ended(other)]
    assert company.reason(first) is told
