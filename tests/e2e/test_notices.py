"""Who is told: a real block, a real webhook, and what the server does by itself is made anew only where it changed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from prefect.blocks.fields import SecretDict
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Crashed, Failed, Running, State, Suspended

from flows.automations import automations, renew
from flows.readying import make_ready
from flows.rollback_nyay import rollback_nyay
from tests.e2e.workspace import Workspace, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
# The word of a crash waits for a sign of life.
TOLD_SECONDS = 150.0
BLOCK = "custom-webhook/team"
SECRET = "word-of-the-webhook"
MISSING = (
    f"notify.block: the server has no block {BLOCK!r}: make it in the UI under Blocks, then start `nyay up` again; "
    "until then nobody is notified"
)


class Webhook(ThreadingHTTPServer):
    """A server on loopback that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.told: dict[str, str] = {}
        self.url = f"http://127.0.0.1:{self.server_port}/hook"


class Receiver(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        assert self.headers["x-word"] == SECRET
        message = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert message["subject"] not in self.server.told
        self.server.told[message["subject"]] = message["body"]
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def listening() -> Iterator[Webhook]:
    webhook = Webhook()
    thread = threading.Thread(target=webhook.serve_forever)
    thread.start()
    yield webhook
    webhook.shutdown()
    thread.join()


def test_automations_are_made_once_and_anew_only_where_they_changed(workspace: Workspace) -> None:
    with workspace.client() as client:
        [lost] = automations(None)
        there = [one for one in client.read_automations() if one.name == lost.name]
        assert len(there) == 1 and renew(client, automations(None)) == []

        client.pause_automation(there[0].id)
        other = lost.model_copy(update={"description": "another"})
        assert renew(client, [other]) == [lost.name]
        [changed] = [one for one in client.read_automations() if one.name == lost.name]
        assert (changed.id, changed.description, changed.enabled) == (there[0].id, "another", False)

        client.resume_automation(changed.id)
        assert renew(client, [lost]) == [lost.name] and renew(client, [lost]) == []


@pytest.fixture
def webhook(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """A webhook that the workspace's release configuration names, as a block of the server."""
    config = workspace.folder / "config/training_config.yaml"
    before = config.read_text()
    config.write_text(f"{before}\nnotify: {{block: {BLOCK}}}\n")
    monkeypatch.chdir(workspace.folder)
    api = f"{workspace.url}/api"
    with listening() as told, temporary_settings({PREFECT_API_URL: api}), SyncPrefectClient(api) as client:
        assert list(make_ready(client, "this-machine")) == [MISSING]
        save_block(told.url)
        assert list(make_ready(client, "this-machine")) == []
        yield told
        config.write_text(before)
        assert list(make_ready(client, "this-machine")) == []


def save_block(url: str) -> None:
    """As a person does in the UI."""
    text = {"subject": "{{subject}}", "body": "{{body}}"}
    secrets = SecretDict({"word": SECRET})
    block = CustomWebhookNotificationBlock(
        name="team", url=url, json_data=text, headers={"x-word": "{{word}}"}, secrets=secrets
    )
    block.save("team")


def in_state(workspace: Workspace, name: str, state: State[None]) -> None:
    """A flow run that comes to a state, without a process."""
    with workspace.client() as client:
        run = client.create_flow_run(rollback_nyay, name=name, parameters={"reason": "a test"}, state=Running())
        client.set_flow_run_state(run.id, state, force=True)


def test_who_is_named_is_told_of_ends_failures_crashes_waits_and_refusals(
    workspace: Workspace, webhook: Webhook
) -> None:
    in_state(workspace, "crashing", Crashed(message="no sign of life"))
    in_state(workspace, "failing", Failed(message="the reason why"))
    in_state(workspace, "waiting", Suspended())
    flow_run = workspace.start("told", config=workspace.config(review={"binding": True}))
    assert workspace.end_of(flow_run).is_completed()
    name = workspace.name(flow_run)
    expected = {
        "nyay: failing failed": "rollback-nyay: the reason why",
        "nyay: waiting waits for a person": "rollback-nyay goes on when its form is answered",
        f"nyay: {name} is done": "train-nyay completed. http://",
        "nyay: the model of run told was not promoted": "human review",
        "nyay: crashing crashed": "no sign of life Go on where it stopped: prefect flow-run retry",
    }
    wait_until(lambda: webhook.told.keys() >= expected.keys(), TOLD_SECONDS)
    assert webhook.told.keys() == expected.keys()
    assert [subject for subject, words in expected.items() if words not in webhook.told[subject]] == []
    stored = (*workspace.folder.glob("*.log"), *workspace.folder.glob(".prefect/*.log"))
    assert [log.name for log in stored if SECRET in log.read_text(errors="replace")] == []
