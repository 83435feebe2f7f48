"""Clinic on the embedded AWS, deployed once, whose tenants tests make, change and delete."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator.testing import started
from ops.assembly import manifest
from ops.deploy.bootstrap import bootstrap
from ops.deploy.deployment import deploy
from ops.embedded.aws import Places
from ops.workspace import Workspace
from support.embedded_functions import Functions
from support.embedded_groups import Groups
from support.embedded_place import ACCOUNT, PREFIX, REGION
from support.embedded_runs import Runs
from support.embedded_silos import BACKUP_KEY, Silos
from support.embedded_tables import Tables

CHECKOUT = Path(__file__).parents[2]
NEW: dict[str, Any] = {"residency": "EU", "image": "v1", "requested_by": "a test"}
NO_TRACES = {"stack": "", "databases": 0, "secrets": [], "routed": {}}


class Region(Runs, Tables, Silos, Groups, Functions):
    """What makes tenants, and what they are made of."""

    def is_whole(self, tenant: str, *, size: str = "large", image: str = "v1") -> None:
        """Everything of a tenant is there and agrees, and its application can log in to its database."""
        known, routed, database = self.known(tenant), self.routed(tenant), self.databases(tenant)[0]
        assert (known["state"], known["size"], known["image"]) == ("active", size, image)
        assert "operation" not in known
        assert (routed["state"], routed["tier"], routed["region"]) == ("active", "enterprise", "eu")
        assert routed["origin"] == f"{tenant}-api.clinic.example"
        classes = {"large": "db.r6g.large", "xlarge": "db.r6g.xlarge"}
        assert (database["DBInstanceClass"], database["MultiAZ"]) == (classes[size], True)
        assert database["DeletionProtection"]
        assert database["StorageEncrypted"]
        assert self.serves(tenant)
        assert self.bounds(tenant) == [(2, 4)]
        with self.login(tenant) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("clinic",)

    def shape(self, tenant: str) -> dict[str, Any]:
        """What a change is about."""
        stacks = self.client("cloudformation").describe_stacks(StackName=f"{PREFIX}-tenant-{tenant}")[
            "Stacks"
        ]
        told = {one["ParameterKey"]: one["ParameterValue"] for one in stacks[0]["Parameters"]}
        known = self.known(tenant)
        facts = {name: known[name] for name in ("state", "size", "image")}
        return {**told, **facts, "routed": self.routed(tenant)["state"]}

    def traces(self, tenant: str) -> dict[str, Any]:
        """Everything there is of a tenant that costs or could be mistaken for one."""
        return {
            "stack": self.stack(tenant),
            "databases": len(self.databases(tenant)),
            "secrets": self.secrets(tenant),
            "routed": self.routed(tenant),
        }

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> tuple[int, dict[str, Any]]:
        """Ask the HTTP API; status and answer."""
        (api,) = self.client("apigatewayv2").get_apis()["Items"]
        scope = f"Credential={ACCOUNT}/20260101/{REGION}/execute-api/aws4_request"
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/_aws/execute-api/{api['ApiId']}/$default{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=x",
                **({"Idempotency-Key": key} if key else {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    @contextmanager
    def listening(self) -> Iterator[list[dict[str, Any]]]:
        """What is said on the event bus meanwhile."""
        sqs, events = self.client("sqs"), self.client("events")
        queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sources = ["sbt.control.plane", "sbt.application.plane"]
        events.put_rule(Name="heard", EventPattern=json.dumps({"source": sources}))
        events.put_targets(Rule="heard", Targets=[{"Id": "1", "Arn": arn}])
        heard: list[dict[str, Any]] = []
        yield heard
        while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                heard.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        events.remove_targets(Rule="heard", Ids=["1"])
        events.delete_rule(Name="heard")

    def purge(self) -> list[str]:
        """What the clock does once a day; the snapshots it deleted."""
        answer = self.client("lambda").invoke(FunctionName=self._function("FunctionsPurge"), Payload=b"{}")
        return list(json.loads(answer["Payload"].read())["deleted"])

    def stopped_tasks(self, family: str) -> list[int]:
        """Exit codes of the tasks of a family that have ended."""
        ecs, codes = self.client("ecs"), list[int]()
        for cluster in ecs.list_clusters()["clusterArns"]:
            pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, desiredStatus="STOPPED")
            for arns in (page["taskArns"] for page in pages if page["taskArns"]):
                for task in ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]:
                    if f"/{family}:" in task["taskDefinitionArn"]:
                        codes += [one["exitCode"] for one in task["containers"]]
        return codes

    def said_by_movers(self) -> str:
        """The last lines of the tasks that move rows, for who looks why one failed."""
        logs = self.client("logs")
        groups = [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]]
        lines = [
            (event["timestamp"], event["message"])
            for group in groups
            if "Mover" in group
            for event in logs.filter_log_events(logGroupName=group)["events"]
        ]
        return "\n".join(message for _, message in sorted(lines)[-60:])


@contextmanager
def deployed(assembly: Path, folder: Path) -> Iterator[Region]:
    """An embedded AWS whose state machines hardly wait, with the assembly deployed to it."""
    workspace = Workspace(folder)
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to(CHECKOUT / name)
    workspace.home.mkdir(parents=True)
    workspace.emulator_data.symlink_to(folder / "data")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SFN_WAIT_SCALE", "0.01")
        with started(folder) as running:
            read, places = manifest.read(assembly), Places(running.url)
            bootstrap(workspace, read.places, places, lambda _: None)
            region = Region(running.url, running.data, workspace)
            deploy(workspace, read, running.url, lambda _: None)
            region.put_key("clinic/production/backup", BACKUP_ENCRYPTION_KEY=BACKUP_KEY)
            yield region
