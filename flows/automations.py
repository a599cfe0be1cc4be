"""What this project's server does by itself: it calls dead runs dead, and tells whom the configuration names.

Each start of `nyay up` makes the server's automations those of this module, whose names begin with ``nyay: ``. What a
person switched off stays off; automations with other names are left alone.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.notices import notices

PREFIX = "nyay: "
HEARTBEAT = "prefect.flow-run.heartbeat"
# Three heartbeats (prefect.toml); Prefect sends none more often than every 30 seconds.
SILENCE = timedelta(seconds=90)
LOST = (
    "No sign of life for 90 seconds: its process was killed, or the machine sleeps. If the process lives, the run goes "
    "on by itself; else `prefect flow-run retry` with the ID of this flow run goes on where it stopped."
)


def automations(block: UUID | None) -> list[AutomationCore]:
    """All that there should be; ``block`` is the notification block that is told, if any."""
    return [lost_runs(), *(notices(PREFIX, block) if block else ())]


def lost_runs() -> AutomationCore:
    """A run whose heartbeats cease is crashed."""
    return AutomationCore(
        name=f"{PREFIX}call silent runs crashed",
        description="A flow run that gave no sign of life for 90 seconds is crashed.",
        trigger=EventTrigger(
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            for_each={"prefect.resource.id"},
            after={HEARTBEAT},
            expect={"prefect.flow-run.*"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(name=None, state=StateType.CRASHED, message=LOST, force=False)],
    )


def renew(client: SyncPrefectClient, wanted: Sequence[AutomationCore]) -> list[str]:
    """Make the server's automations of this project the wanted ones; returns the names of those that were changed."""
    there = [automation for automation in client.read_automations() if automation.name.startswith(PREFIX)]
    known = {automation.name: automation for automation in reversed(there)}
    kept = {known[automation.name].id for automation in wanted if automation.name in known}
    superfluous = [automation for automation in there if automation.id not in kept]
    for automation in superfluous:
        client.delete_automation(automation.id)
    made = [automation.name for automation in wanted if _put(client, automation, known.get(automation.name))]
    return [*(automation.name for automation in superfluous), *made]


def _put(client: SyncPrefectClient, wanted: AutomationCore, there: Automation | None) -> bool:
    """Create an automation, or renew the one that is there; whether anything had to be done."""
    if there is None:
        client.create_automation(wanted)
    elif definition(there) != definition(wanted):
        client.update_automation(there.id, whole(wanted).model_copy(update={"enabled": there.enabled}))
    else:
        return False
    return True


def whole(automation: AutomationCore) -> AutomationCore:
    """With every field set, as the client sends what was set alone; but not the owner, which the server sets itself."""
    return AutomationCore.model_validate(automation.model_dump(exclude={"owner_resource"}))


def definition(automation: AutomationCore) -> dict[str, object]:
    """What an automation does; not whether it is switched on."""
    return automation.model_dump(mode="json", include=set(AutomationCore.model_fields) - {"enabled"})
