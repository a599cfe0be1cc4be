"""Who asked for it is told: what happened, and where to look. Prefect's own notification block carries the message."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.events.actions import SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound

from nyay_lib.errors import ConfigError
from tasks.refusal import REFUSED

STATE = "{{ flow_run.state.message }}"
LINK = "{{ flow_run|ui_url }}"


@dataclass(frozen=True)
class Notice:
    """A message that is sent when one of ``events`` happens, of runs of ``flow`` alone where one is named.

    ``once`` is the time in which one run gives no second message. With ``silence`` the message is sent only when
    nothing more is heard of the run for so long.
    """

    name: str
    subject: str
    body: str
    events: frozenset[str]
    resource: str = "prefect.flow-run.*"
    flow: str = ""
    once: timedelta = timedelta(0)
    silence: timedelta = timedelta(0)

    def trigger(self) -> EventTrigger:
        flow: dict[str, str | list[str]] = {}
        if self.flow:
            flow = {"prefect.resource.role": "flow", "prefect.resource.name": self.flow}
        waits = bool(self.silence)
        return EventTrigger(
            match=ResourceSpecification({"prefect.resource.id": self.resource}),
            match_related=ResourceSpecification(flow),
            for_each={"prefect.resource.id"},
            after=set(self.events) if waits else set(),
            expect={"prefect.flow-run.*"} if waits else set(self.events),
            posture=Posture.Proactive if waits else Posture.Reactive,
            threshold=1,
            within=self.silence or self.once,
        )


NOTICES = (
    Notice(
        "tell of a run that ended",
        "nyay: {{ flow_run.name }} is done",
        f"{{{{ flow.name }}}} completed. {LINK}",
        frozenset({"prefect.flow-run.Completed"}),
        flow="train-nyay",
    ),
    Notice(
        "tell of a failure",
        "nyay: {{ flow_run.name }} failed",
        f"{{{{ flow.name }}}}: {STATE} {LINK}",
        frozenset({"prefect.flow-run.Failed", "prefect.flow-run.TimedOut"}),
    ),
    Notice(
        "tell of a crash",
        "nyay: {{ flow_run.name }} crashed",
        f"{{{{ flow.name }}}}: {STATE} Go on where it stopped: prefect flow-run retry {{{{ flow_run.id }}}} {LINK}",
        frozenset({"prefect.flow-run.Crashed"}),
        # A run that was merely asleep speaks within a minute of waking up.
        silence=timedelta(seconds=75),
    ),
    Notice(
        "tell who is waited for",
        "nyay: {{ flow_run.name }} waits for a person",
        f"{{{{ flow.name }}}} goes on when its form is answered: {LINK}",
        frozenset({"prefect.flow-run.Suspended", "prefect.flow-run.Paused"}),
        # A review suspends once for each answer.
        once=timedelta(hours=1),
    ),
    Notice(
        "tell of a refused model",
        "nyay: the model of run {{ event.resource.name }} was not promoted",
        f"{{{{ event.payload.reason }}}} {LINK}",
        frozenset({REFUSED}),
        resource="nyay.run.*",
    ),
)


def notices(prefix: str, block: UUID) -> Iterator[AutomationCore]:
    """An automation for each message, which ``block`` carries."""
    for notice in NOTICES:
        yield AutomationCore(
            name=f"{prefix}{notice.name}",
            trigger=notice.trigger(),
            actions=[SendNotification(block_document_id=block, subject=notice.subject, body=notice.body)],
        )


def find_block(client: SyncPrefectClient, name: str) -> UUID:
    """The notification block of that name, TYPE/NAME. Raises ConfigError when there is none, or it cannot notify."""
    kind, _, own = name.partition("/")
    try:
        block = client.read_block_document_by_name(own, kind, include_secrets=False)
    except ObjectNotFound as error:
        raise ConfigError(
            f"notify.block: the server has no block {name!r}: make it in the UI under Blocks, then start `nyay up` "
            "again; until then nobody is notified"
        ) from error
    if block.block_schema is None or "notify" not in block.block_schema.capabilities:
        raise ConfigError(f"notify.block: {name!r} is a block that cannot notify; name one such as slack-webhook/team")
    return block.id
