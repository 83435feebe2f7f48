"""Clinic on the embedded AWS, deployed once, whose tenants tests make, change and delete."""

import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from boto3.dynamodb.types import TypeDeserializer

from database.key import BackupKey
from database.manifest import context
from database.sealed import unseal
from emulator.client import session
from emulator.postgres.programs import programs
from emulator.testing import started
from ops.assembly import manifest
from ops.deploy.bootstrap import bootstrap
from ops.deploy.deployment import deploy
from ops.embedded.aws import Places
from ops.workspace import Workspace
from support.broken_machine import broken, held

CHECKOUT = Path(__file__).parents[2]
ACCOUNT, REGION = "111122223333", "eu-central-1"
PREFIX = "clinic-production-eu"
ROUTING = "clinic-production-routing"
TABLES = (ROUTING, f"{PREFIX}-tenants")
DEADLINE_SECONDS = 240
BACKUP_KEY = "0123456789abcdef" * 4
EXPORTS = f"clinic-production-departed-{ACCOUNT}-{REGION}"
NEW: dict[str, Any] = {"residency": "EU", "image": "v1", "requested_by": "a test"}


@dataclass
class Region:
    """What makes tenants, and what they are made of."""

    url: str
    data: Path
    workspace: Workspace
    made: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str) -> Any:
        """A client of the region; one for all threads."""
        with self._lock:
            if service not in self.made:
                self.made[service] = session(REGION, ACCOUNT, self.url).client(service)
            return self.made[service]

    def machine(self, verb: str) -> str:
        """The ARN of a state machine."""
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{PREFIX}-tenants-{verb}"

    def start(self, verb: str, **told: Any) -> str:
        """Start a run."""
        run = self.client("stepfunctions").start_execution(
            stateMachineArn=self.machine(verb), input=json.dumps(told)
        )
        return str(run["executionArn"])

    def end(self, run: str, *, seconds: float = DEADLINE_SECONDS) -> dict[str, Any]:
        """Wait for the end of a run."""
        deadline = time.monotonic() + seconds
        states = self.client("stepfunctions")
        while (found := states.describe_execution(executionArn=run))["status"] == "RUNNING":
            assert time.monotonic() < deadline, self.steps(run)[-5:]
            time.sleep(0.05)
        return dict(found)

    def run(self, verb: str, *, seconds: float = DEADLINE_SECONDS, **told: Any) -> list[str]:
        """Run it to its good end; the steps it took."""
        run = self.start(verb, **told)
        found = self.end(run, seconds=seconds)
        assert found["status"] == "SUCCEEDED", (found.get("error"), found.get("cause"), self.steps(run)[-8:])
        return self.steps(run)

    def fail(self, verb: str, *, seconds: float = DEADLINE_SECONDS, **told: Any) -> str:
        """Run it to its bad end; what it says."""
        run = self.start(verb, **told)
        found = self.end(run, seconds=seconds)
        assert found["status"] == "FAILED", self.steps(run)[-8:]
        return f"{found.get('error')}: {found.get('cause')}"

    def steps(self, run: str) -> list[str]:
        """The steps of a run so far, in order."""
        return [
            one["stateEnteredEventDetails"]["name"]
            for one in self.history(run)
            if "stateEnteredEventDetails" in one
        ]

    def history(self, run: str) -> list[dict[str, Any]]:
        """Everything Step Functions recorded of a run."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return [one for page in pages.paginate(executionArn=run) for one in page["events"]]

    def runs(self, verb: str) -> set[str]:
        """Every run of a machine."""
        pages = self.client("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self.machine(verb))
        return {one["executionArn"] for page in found for one in page["executions"]}

    def last(self, verb: str) -> str:
        """A run that succeeded."""
        found = self.client("stepfunctions").list_executions(
            stateMachineArn=self.machine(verb), statusFilter="SUCCEEDED"
        )
        return str(found["executions"][0]["executionArn"])

    def definition(self, verb: str) -> dict[str, Any]:
        """The states of a machine."""
        found = self.client("stepfunctions").describe_state_machine(stateMachineArn=self.machine(verb))
        return dict(json.loads(found["definition"]))

    @contextmanager
    def broken(self, verb: str, *steps: tuple[str, str]) -> Iterator[None]:
        """A machine whose steps fail, ``before`` they do anything or ``after``, their answer being lost."""
        whole = self.definition(verb)
        self._become(verb, broken(whole, steps))
        try:
            yield
        finally:
            self._become(verb, whole)

    @contextmanager
    def beside(self, verb: str, *steps: tuple[str, str]) -> Iterator[str]:
        """A second machine whose steps fail, as the verb that starts it; runs of the whole one go on."""
        with self._second(verb, broken(self.definition(verb), steps)) as name:
            yield name

    @contextmanager
    def held(self, verb: str, step: str) -> Iterator[str]:
        """A second machine that waits before a step until its run is stopped."""
        with self._second(verb, held(self.definition(verb), step)) as name:
            yield name

    @contextmanager
    def _second(self, verb: str, definition: Mapping[str, Any]) -> Iterator[str]:
        states, name = self.client("stepfunctions"), f"{verb}-second-{uuid4().hex[:12]}"
        made = states.create_state_machine(
            name=f"{PREFIX}-tenants-{name}",
            roleArn=states.describe_state_machine(stateMachineArn=self.machine(verb))["roleArn"],
            definition=json.dumps(definition),
        )
        try:
            yield name
        finally:
            states.delete_state_machine(stateMachineArn=made["stateMachineArn"])

    def stopped(self, verb: str, step: str, *, tenant: str, **told: Any) -> None:
        """A run that somebody stops before a step."""
        with self.held(verb, step) as second:
            run = self.start(second, tenant=tenant, **told)
            self.until(lambda: f"{step}: held" in self.steps(run))
            self.client("stepfunctions").stop_execution(executionArn=run)
            assert self.end(run)["status"] == "ABORTED"

    def place(self, organization: str) -> dict[str, Any]:
        """Give an organization a place in the shared tier, as sign-up does; its line."""
        told = {"operation": "place", "organization": organization, "residency": "EU"}
        answer = self.client("lambda").invoke(
            FunctionName="clinic-production-organizations", Payload=json.dumps(told).encode()
        )
        return dict(json.loads(answer["Payload"].read())["entry"])

    def _become(self, verb: str, definition: Mapping[str, Any]) -> None:
        self.client("stepfunctions").update_state_machine(
            stateMachineArn=self.machine(verb), definition=json.dumps(definition)
        )

    def known(self, tenant: str) -> dict[str, Any]:
        """What the registry says of a tenant."""
        return _plain(self._item(f"{PREFIX}-tenants", {"tenant": tenant, "item": "tenant"}))

    def routed(self, tenant: str) -> dict[str, Any]:
        """Its line in the routing table."""
        return _plain(self._item(ROUTING, {"organization": tenant}))

    def _item(self, table: str, key: Mapping[str, str]) -> Any:
        told = {name: {"S": value} for name, value in key.items()}
        return self.client("dynamodb").get_item(TableName=table, Key=told).get("Item", {})

    def active(self) -> list[str]:
        """Tenants that are served."""
        items = self.client("dynamodb").scan(TableName=f"{PREFIX}-tenants")["Items"]
        return [one["tenant"] for one in map(_plain, items) if one.get("state") == "active"]

    def changed(self, image: str) -> list[dict[str, Any]]:
        """Tenants that have an image, in the order they got it."""
        items = [_plain(one) for one in self.client("dynamodb").scan(TableName=f"{PREFIX}-tenants")["Items"]]
        found = [one for one in items if one.get("image") == image and one["item"] == "tenant"]
        return sorted(found, key=lambda one: str(one["updated_at"]))

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

    def stack(self, tenant: str) -> str:
        """The status of its stack, or nothing."""
        for one in self.client("cloudformation").describe_stacks()["Stacks"]:
            if one["StackName"] == f"{PREFIX}-tenant-{tenant}":
                return str(one["StackStatus"])
        return ""

    def databases(self, tenant: str) -> list[dict[str, Any]]:
        """Its database instances: one or none."""
        found = self.client("rds").describe_db_instances()["DBInstances"]
        return [one for one in found if one["DBInstanceIdentifier"] == f"clinic-{tenant}-production"]

    def secrets(self, tenant: str) -> list[str]:
        """Names of its secrets."""
        pages = self.client("secretsmanager").get_paginator("list_secrets").paginate()
        names = [one["Name"] for page in pages for one in page["SecretList"]]
        return sorted(name for name in names if f"/tenants/{tenant}/" in name)

    def snapshots(self, tenant: str) -> list[str]:
        """Snapshots of its database."""
        found = self.client("rds").describe_db_snapshots()["DBSnapshots"]
        mine = f"clinic-{tenant}-production"
        return [one["DBSnapshotIdentifier"] for one in found if one["DBInstanceIdentifier"] == mine]

    def exports(self, tenant: str) -> list[str]:
        """Keys of what was exported of it, older versions included."""
        found = self.client("s3").list_object_versions(Bucket=EXPORTS, Prefix=f"tenants/{tenant}/")
        return sorted(one["Key"] for one in found.get("Versions", []))

    def opened(self, export: Mapping[str, Any]) -> str:
        """An export as SQL: decrypted with the backup key, and read without a server."""
        body = self.client("s3").get_object(Bucket=export["bucket"], Key=export["key"])["Body"]
        backup = str(export["key"]).split("/")[-2]
        plain = b"".join(unseal(body.read, BackupKey.from_text(BACKUP_KEY).secret, context(backup)))
        read = subprocess.run(
            [programs("18") / "pg_restore", "--file=-"], input=plain, capture_output=True, check=True
        )
        return read.stdout.decode()

    def shape(self, tenant: str) -> dict[str, Any]:
        """What a change is about."""
        stacks = self.client("cloudformation").describe_stacks(StackName=f"{PREFIX}-tenant-{tenant}")[
            "Stacks"
        ]
        told = {one["ParameterKey"]: one["ParameterValue"] for one in stacks[0]["Parameters"]}
        known = self.known(tenant)
        facts = {name: known[name] for name in ("state", "size", "image")}
        return {**told, **facts, "routed": self.routed(tenant)["state"]}

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

    def serves(self, tenant: str) -> bool:
        """Whether its service runs."""
        ecs = self.client("ecs")
        for cluster in ecs.list_clusters()["clusterArns"]:
            found = ecs.describe_services(cluster=cluster, services=[f"clinic-{tenant}-api"])["services"]
            if any(one["status"] == "ACTIVE" and one["runningCount"] for one in found):
                return True
        return False

    def bounds(self, tenant: str) -> list[tuple[int, int]]:
        """Between how many tasks its service scales."""
        found = self.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
        return [
            (one["MinCapacity"], one["MaxCapacity"])
            for one in found["ScalableTargets"]
            if one["ResourceId"].endswith(f"/clinic-{tenant}-api")
        ]

    def login(self, tenant: str, whose: str = "api") -> "psycopg.Connection[Any]":
        """Log in with the URL that a service, or the migration, is given."""
        name = f"clinic/production/tenants/{tenant}/{whose}"
        told = self.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
        url = json.loads(told)["DATABASE_URL"].replace("sslmode=require", "sslmode=verify-full")
        return psycopg.connect(url, sslrootcert=str(self.data / "ca.pem"), connect_timeout=10)

    def alarms(self, prefix: str) -> list[dict[str, Any]]:
        """Alarms whose names begin so."""
        found = self.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)
        return list(found["MetricAlarms"])

    def groups(self, tenant: str) -> dict[str, str]:
        """Its security groups, by what they are for."""
        resources = self.client("cloudformation").list_stack_resources(StackName=f"{PREFIX}-tenant-{tenant}")[
            "StackResourceSummaries"
        ]
        return {
            kind: one["PhysicalResourceId"]
            for one in resources
            for kind in ("Services", "Database")
            if one["ResourceType"] == "AWS::EC2::SecurityGroup"
            and f"Groups{kind}" in one["LogicalResourceId"]
        }

    def preparation_group(self) -> str:
        """The group of what makes roles in the databases of new tenants."""
        return self._tagged("tenant-preparation")

    def mover_group(self) -> str:
        """The group of what moves rows between the pool and the databases of tenants."""
        return self._tagged("tenant-mover")

    def databases_group(self) -> str:
        """The group that all databases of tenants join."""
        return self._tagged("tenant-databases")

    def _tagged(self, name: str) -> str:
        found = self.client("ec2").describe_security_groups()["SecurityGroups"]
        tagged = {"Key": "cambium:group", "Value": name}
        (group,) = [one["GroupId"] for one in found if tagged in one.get("Tags", [])]
        return str(group)

    def ways_in(self, group: str) -> set[tuple[str, int]]:
        """Who may open which port of the members of a group."""
        rules = self.client("ec2").describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [group]}]
        )["SecurityGroupRules"]
        return {
            (rule["ReferencedGroupInfo"]["GroupId"], rule["FromPort"])
            for rule in rules
            if not rule["IsEgress"]
        }

    def stopped_tasks(self, family: str) -> list[int]:
        """Exit codes of the tasks of a family that have ended."""
        ecs, codes = self.client("ecs"), list[int]()
        for cluster in ecs.list_clusters()["clusterArns"]:
            arns = ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
            for task in ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else ():
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

    def image(self, tenant: str) -> str:
        """Tag of the image its service runs."""
        ecs = self.client("ecs")
        found = ecs.describe_task_definition(taskDefinition=f"clinic-{tenant}-api")["taskDefinition"]
        return str(found["containerDefinitions"][0]["image"]).rpartition(":")[2]

    def keys(self, tenant: str) -> dict[str, str]:
        """What its service is given."""
        return self._secret(f"clinic/production/tenants/{tenant}/api")

    def _secret(self, name: str) -> dict[str, str]:
        found = self.client("secretsmanager").get_secret_value(SecretId=name)
        return dict(json.loads(found["SecretString"]))

    def put_key(self, name: str, **values: str) -> None:
        """Set keys of a secret, as an operator does."""
        told = json.dumps({**self._secret(name), **values})
        self.client("secretsmanager").put_secret_value(SecretId=name, SecretString=told)

    def items(self, tenant: str, begin: str) -> list[dict[str, Any]]:
        """What the registry has of a tenant besides its state."""
        found = self.client("dynamodb").query(
            TableName=f"{PREFIX}-tenants",
            KeyConditionExpression="tenant = :tenant AND begins_with(#item, :begin)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":tenant": {"S": tenant}, ":begin": {"S": begin}},
        )
        return [_plain(one) for one in found["Items"]]

    def date_back(self, certificate: Mapping[str, Any], day: str) -> None:
        """Let the retention of a deleted tenant be over."""
        self.client("dynamodb").update_item(
            TableName=f"{PREFIX}-tenants",
            Key={name: {"S": certificate[name]} for name in ("tenant", "item")},
            UpdateExpression="SET snapshots_kept_until = :day",
            ExpressionAttributeValues={":day": {"S": day}},
        )

    def purge(self) -> list[str]:
        """What the clock does once a day; the snapshots it deleted."""
        answer = self.client("lambda").invoke(FunctionName=self._function("FunctionsPurge"), Payload=b"{}")
        return list(json.loads(answer["Payload"].read())["deleted"])

    def _function(self, logical_id: str) -> str:
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        found = pages.paginate(StackName=f"{PREFIX}-tenants")
        for one in (one for page in found for one in page["StackResourceSummaries"]):
            is_function = one["ResourceType"] == "AWS::Lambda::Function"
            if is_function and one["LogicalResourceId"].startswith(logical_id):
                return str(one["PhysicalResourceId"])
        raise AssertionError(f"there is no function {logical_id}")

    @contextmanager
    def quota(self, name: str, most: int) -> Iterator[None]:
        """A region that may have no more of something."""
        functions, admit = self.client("lambda"), self._function("FunctionsAdmit")
        told = functions.get_function_configuration(FunctionName=admit)["Environment"]["Variables"]
        tier = json.loads(told["TIER"])
        bent = {**told, "TIER": json.dumps({**tier, "quotas": {**tier["quotas"], name: most}})}
        functions.update_function_configuration(FunctionName=admit, Environment={"Variables": bent})
        try:
            yield
        finally:
            functions.update_function_configuration(FunctionName=admit, Environment={"Variables": told})

    def remember(self, tenant: str, **facts: str) -> None:
        """Write facts into the registry, such as a day that has come."""
        for name, value in facts.items():
            self.client("dynamodb").update_item(
                TableName=f"{PREFIX}-tenants",
                Key={"tenant": {"S": tenant}, "item": {"S": "tenant"}},
                UpdateExpression="SET #name = :value",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":value": {"S": value}},
            )

    def route(self, organization: str, *, tier: str, **changes: str) -> None:
        """A line in the routing table, written by somebody else."""
        line = {
            **{"organization": organization, "region": "eu", "shard": "1", "tier": tier, "state": "active"},
            **{"residency": "EU", "origin": "api-eu-1.clinic.example", "updated_at": "2026-01-01T00:00:00Z"},
            **changes,
        }
        item: dict[str, Any] = {key: {"S": value} for key, value in line.items()}
        self.client("dynamodb").put_item(TableName=ROUTING, Item={**item, "version": {"N": "1"}})

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

    def everything(self) -> dict[str, Any]:
        """What a refusal must not change."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        tables = {name: self.client("dynamodb").scan(TableName=name)["Items"] for name in TABLES}
        return {
            "stacks": sorted((one["StackName"], one["StackStatus"]) for one in stacks),
            **{name: sorted(items, key=str) for name, items in tables.items()},
        }

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for it."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def traces(self, tenant: str) -> dict[str, Any]:
        """Everything there is of a tenant that costs or could be mistaken for one."""
        return {
            "stack": self.stack(tenant),
            "databases": len(self.databases(tenant)),
            "secrets": self.secrets(tenant),
            "routed": self.routed(tenant),
        }


NO_TRACES = {"stack": "", "databases": 0, "secrets": [], "routed": {}}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: TypeDeserializer().deserialize(value) for key, value in item.items()}


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
