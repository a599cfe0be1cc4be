"""The server of `nyay up` and what must be in it: pool, limit, deployments, worker."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import yaml
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import WorkerStatus
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

from flows.automations import automations
from flows.client import client_of
from flows.machines import LIMIT, POOL
from flows.server import HOME, answers, port_of
from nyay_lib.doctor.finding import Finding, broken, ok, warning
from nyay_lib.doctor.ports import is_free


def prefect_findings(api: str) -> Iterator[Finding]:
    """``api`` is the address of the server's API. What only a server can tell is left out while there is none."""
    if not answers(api):
        yield _absent(api)
        return
    yield ok("server", api.removesuffix("/api"))
    try:
        with client_of(api) as client:
            for look in (_pool, _limit, _deployments, _automations, _worker):
                yield look(client)
    except httpx.HTTPError as error:
        yield broken("server", f"refuses to tell: {error}", f"see {HOME / 'server.log'}, start `nyay up` again")


def _absent(api: str) -> Finding:
    """Nothing is wrong with a server that nobody has started, unless another program has its port."""
    port = port_of(api)
    if is_free(port):
        return warning("server", f"none at {api.removesuffix('/api')}", "nyay up")
    found = f"port {port} is taken by a program that is not Prefect's server"
    return broken("server", found, f"stop what listens there, or: nyay up --port {port + 1}")


def _pool(client: SyncPrefectClient) -> Finding:
    name, create = "work pool", f"prefect work-pool create {POOL} --type process"
    try:
        pool = client.read_work_pool(POOL)
    except ObjectNotFound:
        return broken(name, f"there is none called {POOL!r}", create)
    if pool.type != "process":
        return broken(name, f"{POOL!r} is of type {pool.type!r}, needed: 'process'", f"{create} --overwrite")
    if pool.is_paused:
        return broken(name, f"{POOL!r} is paused, so nothing starts", f"prefect work-pool resume {POOL}")
    return ok(name, POOL)


def _limit(client: SyncPrefectClient) -> Finding:
    name = f"limit {LIMIT}"
    try:
        limit = client.read_global_concurrency_limit_by_name(LIMIT)
    except ObjectNotFound:
        return broken(name, "there is none, so no training starts", f"prefect gcl create {LIMIT} --limit 1")
    if limit.limit != 1 or not limit.active:
        found = f"lets {limit.limit} train at once" if limit.active else "is switched off"
        return broken(name, f"{found}, needed: 1", f"prefect gcl update {LIMIT} --limit 1 --enable")
    return ok(name, f"1, {limit.active_slots} in use")


def _deployments(client: SyncPrefectClient) -> Finding:
    """Whether each deployment of prefect.yaml is there."""
    name, apply = "deployments", "prefect --no-prompt deploy --all"
    described = yaml.safe_load(Path("prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    wanted = {deployment_name(one["entrypoint"], one["name"]) for one in described}
    flows = {flow.id: flow.name for flow in client.read_flows()}
    there = {f"{flows.get(one.flow_id)}/{one.name}" for one in client.read_deployments()}
    if missing := sorted(wanted - there):
        return broken(name, f"missing: {', '.join(missing)}", apply)
    return ok(name, ", ".join(sorted(wanted)))


def deployment_name(entrypoint: str, name: str) -> str:
    """As Prefect calls a deployment: a flow is named after its function."""
    return f"{entrypoint.rpartition(':')[2].replace('_', '-')}/{name}"


def _automations(client: SyncPrefectClient) -> Finding:
    """Whether the server calls dead runs dead. Whom it tells of them is a matter of the configuration."""
    name, wanted = "automations", [automation.name for automation in automations(None)]
    enabled = {automation.name: automation.enabled for automation in client.read_automations()}
    if missing := [one for one in wanted if one not in enabled]:
        return broken(name, f"missing: {', '.join(missing)}", "end `nyay up` and start it again")
    if off := [one for one in wanted if not enabled[one]]:
        return warning(name, f"switched off: {', '.join(off)}", f"prefect automation resume '{off[0]}'")
    return ok(name, ", ".join(wanted))


def _worker(client: SyncPrefectClient) -> Finding:
    """Whether a worker has been heard of lately. One that is killed counts as alive for another minute and a half."""
    name, start = "worker", f"prefect worker start --pool {POOL}"
    try:
        workers = client.read_workers_for_work_pool(POOL)
    except PrefectHTTPStatusError:  # there is no such pool
        workers = []
    online = [worker.name for worker in workers if worker.status == WorkerStatus.ONLINE]
    if not online:
        return broken(name, "none is alive, so nothing starts", start)
    return ok(name, ", ".join(online))
