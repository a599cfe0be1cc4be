"""The event that a model was not promoted, for automations."""

from prefect.events import emit_event

from nyay_lib.registry.release import Release

# Its resource is nyay.run.RUN.
REFUSED = "nyay.run.refused"


def tell_refused(release: Release) -> None:
    """Say that a model does not serve, and why; once, however often the run is run again."""
    if not release.promoted and not release.reused:
        run = {"prefect.resource.id": f"nyay.run.{release.run_id}", "prefect.resource.name": release.run_id}
        emit_event(REFUSED, run, payload={"reason": release.reason, "tag": release.tag})
