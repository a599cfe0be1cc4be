"""A flow run that the server takes for dead says that it lives.

While a laptop sleeps no heartbeat comes, and when it wakes up the server may look before the run has spoken: it calls
the run crashed. Its process goes on all the same, and here puts the state right.
"""

import time
from contextlib import suppress
from logging import Logger

import httpx
from prefect import get_client
from prefect.logging.loggers import LoggingAdapter
from prefect.states import Running

from tasks.own_run import own_flow_run

BEAT_SECONDS = 30.0
WORDS = "It was taken for dead, as after a sleep of the machine. Its process lives and goes on."


class Pulse:
    """Looks at the state of this process's own flow run, at most every half minute."""

    def __init__(self, logger: Logger | LoggingAdapter) -> None:
        self._logger = logger
        self._next = 0.0

    def beat(self) -> None:
        """Put the state right if it is wrong. A server that does not answer is asked again the next time."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + BEAT_SECONDS
            with suppress(httpx.HTTPError):
                self._revive()

    def _revive(self) -> None:
        client, own = get_client(sync_client=True), own_flow_run()
        state = client.read_flow_run(own).state
        if state is not None and state.is_crashed():
            client.set_flow_run_state(own, Running(message=WORDS), force=True)
            self._logger.warning(WORDS)
