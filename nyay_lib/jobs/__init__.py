"""A child process for everything that can take the machine down: its job, its typed events, and why it ended.

The child is ``python -m nyay_lib.engine job.json``. It writes one JSON event a line to its standard output and all
else to ``engine.log``. The parent yields the events, kills the child on the way out, and says how it ended: a result,
an error with the log's last lines, or memory that ran out.
"""

from nyay_lib.jobs.answer_jobs import AnswerJob, EvaluateJob, GenerateJob, Sampling, ScoreJob, ServeJob, SpeakJob
from nyay_lib.jobs.child import end, engine, environment
from nyay_lib.jobs.event import (
    AnyEvent,
    Done,
    Emit,
    Event,
    Failed,
    FileMeasured,
    Progress,
    Quantized,
    Serving,
    Started,
    Text,
)
from nyay_lib.jobs.event_lines import read_event
from nyay_lib.jobs.export_jobs import FuseJob, MeasureFilesJob, MeasureTunedJob, QuantizeJob
from nyay_lib.jobs.job import AnyJob, Job, LookJob
from nyay_lib.jobs.running import finish, named, run_job
from nyay_lib.jobs.training_events import (
    Canaries,
    Canary,
    Checkpointed,
    Covered,
    Loaded,
    Measured,
    Paused,
    Resumed,
    Setting,
    TrainStep,
    Validated,
    Warned,
)
from nyay_lib.jobs.training_jobs import CalibrateJob, QuantizeBaseJob, TrainJob

__all__ = [
    "AnswerJob",
    "AnyEvent",
    "AnyJob",
    "CalibrateJob",
    "Canaries",
    "Canary",
    "Checkpointed",
    "Covered",
    "Done",
    "Emit",
    "EvaluateJob",
    "Event",
    "Failed",
    "FileMeasured",
    "FuseJob",
    "GenerateJob",
    "Job",
    "Loaded",
    "LookJob",
    "MeasureFilesJob",
    "MeasureTunedJob",
    "Measured",
    "Paused",
    "Progress",
    "QuantizeBaseJob",
    "QuantizeJob",
    "Quantized",
    "Resumed",
    "Sampling",
    "ScoreJob",
    "ServeJob",
    "Serving",
    "Setting",
    "SpeakJob",
    "Started",
    "Text",
    "TrainJob",
    "TrainStep",
    "Validated",
    "Warned",
    "end",
    "engine",
    "environment",
    "finish",
    "named",
    "read_event",
    "run_job",
]
