"""How a command ends that did not do its work: one line on stderr for whoever called it, and an exit code."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

# Of a command whose other codes say what it found.
COULD_NOT = 2


@contextmanager
def exits(code: int = 1) -> Generator[None]:
    """Exit with ``code`` on an error whose message is meant for the user, with 130 on Ctrl-C."""
    from nyay_lib.errors import NyayError

    try:
        yield
    except NyayError as error:
        print(f"nyay: {error}", file=sys.stderr)
        raise SystemExit(code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


@contextmanager
def exits_on_files(code: int = 1) -> Generator[None]:
    """The same for a command that works on files which the user named: what the disk refuses is for the user too."""
    from nyay_lib.errors import StorageError

    with exits(code):
        try:
            yield
        except OSError as error:
            raise StorageError(f"{error.filename}: {error.strerror}; mend that, then run again") from error
