"""Everything that a child process can be told to do."""

from typing import Annotated, Literal

import pydantic
from pydantic import Field

from nyay_lib.frozen import Frozen
from nyay_lib.jobs.answer_jobs import AnswerJob, EvaluateJob, GenerateJob, ScoreJob, ServeJob, SpeakJob
from nyay_lib.jobs.export_jobs import FuseJob, MeasureFilesJob, MeasureTunedJob, QuantizeJob
from nyay_lib.jobs.training_jobs import CalibrateJob, QuantizeBaseJob, TrainJob


class LookJob(Frozen):
    """Say what an engine is, on which device, and let it compute a little."""

    kind: Literal["look"] = "look"
    at: Literal["mlx", "llama.cpp"]


Job = (
    QuantizeBaseJob
    | CalibrateJob
    | LookJob
    | TrainJob
    | EvaluateJob
    | FuseJob
    | QuantizeJob
    | MeasureTunedJob
    | MeasureFilesJob
    | AnswerJob
    | SpeakJob
    | GenerateJob
    | ScoreJob
    | ServeJob
)
AnyJob: pydantic.TypeAdapter[Job] = pydantic.TypeAdapter(Annotated[Job, Field(discriminator="kind")])
