"""What can go wrong, as one small tree.

NyayError                 anything that the user can read and act upon
├── ConfigError           the configuration file or a parameter
├── DataError             a data file or a record in it
├── BaseModelError        the base model: missing, gated, damaged, of an unknown kind
│   └── HubUnreachable    ... or its hub does not answer for now: worth another try
├── PreflightError        something that must hold before hours are spent does not
├── JobError              a child process ended without its result
│   ├── OutOfMemory       ... because memory ran out, or very probably so: worth a smaller micro-batch
│   └── OutOfRungs        ... and there is no smaller step left to try
├── EvaluationError       the tuned model is no better than its base, or cannot be measured
├── ExportError           fusing, writing or quantising the model
├── RegistryError         Ollama, or the journal of releases
├── ServingError          asking a model: none there, a question that does not fit, a server that does not answer
├── DamagedError          a file is not as it was made: a byte has changed, it was cut, or it is gone
├── StorageError          the disk is full, or does not let itself be written or read
└── ServiceError          launchd, systemd or Prefect's server do not do what running for months takes

Each message is one line: the fact, the value that offends, and what to do next.
"""


class NyayError(Exception):
    """Base of every error whose message is meant for the user."""


class ConfigError(NyayError):
    """The configuration does not say something that can be run."""


class DataError(NyayError):
    """A data file or a record is not what it should be."""


class BaseModelError(NyayError):
    """The base model cannot be had or used."""


class HubUnreachable(BaseModelError):
    """The hub cannot be reached, or is too busy to answer; what was fetched so far is kept."""


class PreflightError(NyayError):
    """One or more conditions for an unattended run do not hold."""


class JobError(NyayError):
    """A child process ended without its result."""


class OutOfMemory(JobError):
    """Memory ran out in a child process, or very probably did: ``suspected`` where nothing said so in words."""

    def __init__(self, message: str, *, suspected: bool = False) -> None:
        super().__init__(message)
        self.suspected = suspected


class OutOfRungs(JobError):
    """Memory ran out at the smallest step of the ladder."""


class EvaluationError(NyayError):
    """The tuned model is no better than its base, or cannot be measured."""


class ExportError(NyayError):
    """The model could not be fused, written or quantised."""


class RegistryError(NyayError):
    """Ollama or the journal of releases refused."""


class ServingError(NyayError):
    """A model could not be served or asked."""


class ServiceError(NyayError):
    """What keeps nyay running, launchd, systemd or Prefect's server, does not do what that takes."""


class DamagedError(NyayError):
    """A file that is about to be used is not as it was made."""


class StorageError(NyayError):
    """A file or folder cannot be written or read."""
