"""A small product on the embedded AWS whose passwords rotate: database, pool, a service, and the function."""

import io
import json
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aws_cdk as cdk
import psycopg
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_secretsmanager as secretsmanager

from cambium.connection_secrets import RoleLogin
from cambium.rollout import ecs_rollout
from cambium.rotation import Rotation
from cambium.rotation_plan import Reader, RotatedDatabase, RotatedPool, RotationPlan
from config.schedule import DAYS, Weekly
from emulator.testing import Emulator, Stack
from support.embedded_pool import DATABASE, DOOR, MASTER, PASSWORD, PORT, ROLE, resource, service
from support.scenario import PRIVATE, some_group, some_vpc

ROOT = Path(__file__).parents[2]
OWNER = f"{ROLE}_owner"
POOL, API, MACHINE = "rotated-pool", "rotated-api", "rotated"
DEADLINE_SECONDS = 90
Values = dict[str, Any]


@dataclass
class EmbeddedRotation:
    """It, with everything deployed and nothing rotated yet."""

    emulator: Emulator
    stack: Stack = field(init=False)
    secrets: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._publish_code()
        self.stack = Stack(self.emulator, DATABASE | DOOR)
        first = {MASTER: {"username": MASTER, "password": PASSWORD}, POOL: {}, API: {}, "record": {}}
        first |= {name: {"username": name, "password": f"first-of-{name}"} for name in (ROLE, OWNER)}
        self.secrets = {name: self._create(name, values) for name, values in first.items()}
        plan = self._plan(cdk.Stack()).properties()
        self._call("connection_secrets.roles_handler", plan)
        self._call("connection_pool.users_handler", plan["Pool"]["Users"])
        self._call("connection_secrets.urls_handler", plan["Targets"][0])
        self.stack.update(DATABASE | DOOR | service(POOL, self.secrets[POOL], "", tasks=1) | self._api())
        self.rotation = Stack(self.emulator, self._template())

    def run(self, **told: Any) -> str:
        """Run the state machine to its end; return how it ended."""
        machines = self.emulator.client("stepfunctions")
        arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{MACHINE}"
        run = machines.start_execution(stateMachineArn=arn, input=json.dumps(told))["executionArn"]
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (found := machines.describe_execution(executionArn=run))["status"] == "RUNNING":
            assert time.monotonic() < deadline, "the run does not end"
            time.sleep(0.2)
        self.cause = str(found.get("cause", ""))
        return str(found["status"])

    def login(self, stage: str = "AWSCURRENT", *, pooled: bool = True) -> "tuple[str, str]":
        """Log in as the application with a version of its password; answer login and role."""
        values = self._values(ROLE, stage)
        host, port = (self._host, PORT) if pooled else self._endpoint
        return self._who(host, port, values["username"], values["password"])

    def login_by_url(self) -> "tuple[str, str]":
        """Log in with what the service is told."""
        url = urlsplit(self._values(API)["DATABASE_URL"])
        return self._who(url.hostname or "", url.port or 0, url.username or "", url.password or "")

    def version(self, name: str = ROLE) -> str:
        """The version of a secret that is current."""
        found = self.emulator.client("secretsmanager").get_secret_value(SecretId=self.secrets[name])
        return str(found["VersionId"])

    def tasks(self, name: str) -> set[str]:
        """The tasks of a service that run."""
        ecs = self.emulator.client("ecs")
        found = ecs.list_tasks(cluster=POOL, serviceName=name, desiredStatus="RUNNING")
        return set(found["taskArns"])

    def scale(self, name: str, tasks: int) -> None:
        """Run so many tasks of a service."""
        self.emulator.client("ecs").update_service(cluster=POOL, service=name, desiredCount=tasks)

    def _who(self, host: str, port: int, user: str, password: str) -> "tuple[str, str]":
        place = {"host": host, "port": port, "dbname": "orders", "sslmode": "require"}
        with psycopg.connect(**place, user=user, password=password, prepare_threshold=None) as opened:  # type: ignore[arg-type]
            row = opened.execute("SELECT session_user::text, current_user::text").fetchone()
        assert row
        return str(row[0]), str(row[1])

    def _create(self, name: str, values: Values) -> str:
        made = self.emulator.client("secretsmanager").create_secret(
            Name=f"rotated/{name}", SecretString=json.dumps(values)
        )
        return str(made["ARN"])

    def _values(self, name: str, stage: str = "AWSCURRENT") -> Values:
        found = self.emulator.client("secretsmanager").get_secret_value(
            SecretId=self.secrets[name], VersionStage=stage
        )
        values: Values = json.loads(found["SecretString"])
        return values

    @property
    def _endpoint(self) -> tuple[str, int]:
        found = self.emulator.client("rds").describe_db_instances(DBInstanceIdentifier=self.stack["Database"])
        endpoint = found["DBInstances"][0]["Endpoint"]
        return str(endpoint["Address"]), int(endpoint["Port"])

    @property
    def _host(self) -> str:
        arn = self.stack["Balancer"]
        found = self.emulator.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])
        return str(found["LoadBalancers"][0]["DNSName"])

    def _plan(self, stack: cdk.Stack) -> RotationPlan:
        host, port = self._endpoint
        named = {
            name: secretsmanager.Secret.from_secret_complete_arn(stack, f"Secret{number}", arn)
            for number, (name, arn) in enumerate(self.secrets.items())
        }
        roles = {name: named[name] for name in (ROLE, OWNER)}
        cluster = {"cluster_name": POOL, "cluster_arn": f"arn:aws:ecs:us-east-1:123456789012:cluster/{POOL}"}
        url = {
            "Kind": "postgres",
            "SecretArn": self.secrets[ROLE],
            "Host": self._host,
            "Port": str(PORT),
            "Database": "orders",
        }
        return RotationPlan(
            database=RotatedDatabase(
                master=named[MASTER],
                host=host,
                port=str(port),
                name="orders",
                roles=[
                    RoleLogin(name=name, kind="owner" if name == OWNER else "application", secret=secret)
                    for name, secret in roles.items()
                ],
            ),
            readers=[
                Reader(
                    secret=named[API],
                    urls={"DATABASE_URL": url},
                    rollout=ecs_rollout(**cluster, service=API),
                )
            ],
            pool=RotatedPool(
                secret=named[POOL],
                roles={ROLE: roles[ROLE]},
                host=self._host,
                port=PORT,
                database="orders",
                rollout=ecs_rollout(**cluster, service=POOL),
            ),
        )

    def _template(self) -> dict[str, Any]:
        app = cdk.App(analytics_reporting=False)
        stack = cdk.Stack(app, "Rotated")
        record = secretsmanager.Secret.from_secret_complete_arn(stack, "Record", self.secrets["record"])
        Rotation(
            stack,
            "Rotation",
            name=MACHINE,
            plan=self._plan(stack),
            record=record,
            days=30,
            daily=Weekly(DAYS, 3, 0),
            time_zone="UTC",
            vpc=some_vpc(stack),
            subnets=ec2.SubnetSelection(subnet_group_name=PRIVATE.subnet_group_name),
            security_group=some_group(stack),
        )
        made: dict[str, Any] = app.synth().get_stack_by_name("Rotated").template["Resources"]
        for one in made.values():
            if one["Type"] == "AWS::Lambda::Function":
                one["Properties"] |= {"Code": {"S3Bucket": "code", "S3Key": "runtime.zip"}}
                del one["Properties"]["VpcConfig"]
            if one["Type"] == "AWS::Lambda::LayerVersion":
                one["Properties"]["Content"] = {"S3Bucket": "code", "S3Key": "layer.zip"}
        return made

    def _api(self) -> dict[str, Any]:
        container = {"Name": "app", "Image": "app:1"}
        return {
            "ApiTask": resource(
                "AWS::ECS::TaskDefinition",
                Family=API,
                NetworkMode="awsvpc",
                ContainerDefinitions=[container],
            ),
            "Api": resource(
                "AWS::ECS::Service",
                ServiceName=API,
                Cluster={"Ref": "Cluster"},
                TaskDefinition={"Ref": "ApiTask"},
                DesiredCount=2,
            ),
        }

    def _publish_code(self) -> None:
        s3 = self.emulator.client("s3")
        s3.create_bucket(Bucket="code")
        for key, folder in (
            ("runtime.zip", ROOT / "runtime"),
            ("layer.zip", ROOT / ".cambium" / "lambda-layer"),
        ):
            s3.put_object(Bucket="code", Key=key, Body=_zipped(folder))

    def _call(self, module: str, properties: Values) -> None:
        name = module.replace(".", "-")
        functions = self.emulator.client("lambda")
        layer = functions.publish_layer_version(
            LayerName="libraries", Content={"S3Bucket": "code", "S3Key": "layer.zip"}
        )
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler=f"{module}.on_event",
            Role="arn:aws:iam::123456789012:role/anything",
            Timeout=60,
            Layers=[layer["LayerVersionArn"]],
            Code={"S3Bucket": "code", "S3Key": "runtime.zip"},
        )
        event = {"RequestType": "Create", "ResourceProperties": properties}
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event))
        assert "FunctionError" not in answer, answer["Payload"].read()


def _zipped(folder: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for file in folder.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                made.write(file, file.relative_to(folder))
    return archive.getvalue()
