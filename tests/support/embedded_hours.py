"""A small environment on the embedded AWS that sleeps and wakes: services, database, NAT instance, alarms."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import aws_cdk as cdk
import psycopg

from cambium.working_hours import WorkingHours
from cambium.working_hours_plan import Shard, SleepingDatabase
from cambium.working_hours_tasks import Tasks
from config.schedule import Schedule
from emulator.testing import Emulator, Stack

SCHEDULE = Schedule(wake="07:00", sleep="20:00", time_zone="Europe/Berlin")
PASSWORD = "correct-horse"
SERVICES = {"pool": 2, "api": 2, "web": 1}
ALARMS = ("errors", "nat-instance")
DEADLINE_SECONDS = 15

Resources = dict[str, Any]


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "DeletionPolicy": "Delete", "Properties": properties}


LOGIN = {"MasterUsername": "app", "MasterUserPassword": PASSWORD}
INSTANCE: Resources = {
    "Database": resource(
        "AWS::RDS::DBInstance", Engine="postgres", EngineVersion="18.1", DBName="app", **LOGIN
    )
}
CLUSTER: Resources = {
    "Database": resource(
        "AWS::RDS::DBCluster", Engine="aurora-postgresql", EngineVersion="16.6", DatabaseName="app", **LOGIN
    ),
    "Writer": resource(
        "AWS::RDS::DBInstance",
        Engine="aurora-postgresql",
        DBInstanceClass="db.serverless",
        DBClusterIdentifier={"Ref": "Database"},
    ),
}


def services(name: str) -> Resources:
    """Three services; the pool has no load balancer, and nothing scales it."""
    made: Resources = {
        "Cluster": resource("AWS::ECS::Cluster", ClusterName=name),
        "Task": resource(
            "AWS::ECS::TaskDefinition",
            Family=name,
            NetworkMode="awsvpc",
            ContainerDefinitions=[{"Name": "app", "Image": "app:1"}],
        ),
    }
    for service, tasks in SERVICES.items():
        made[f"{service}Target"] = resource(
            "AWS::ElasticLoadBalancingV2::TargetGroup", Port=80, Protocol="HTTP", TargetType="ip"
        )
        target = {"ContainerName": "app", "ContainerPort": 80, "TargetGroupArn": {"Ref": f"{service}Target"}}
        made[service] = resource(
            "AWS::ECS::Service",
            ServiceName=service,
            Cluster={"Ref": "Cluster"},
            TaskDefinition={"Ref": "Task"},
            DesiredCount=tasks,
            **({} if service == "pool" else {"LoadBalancers": [target]}),
        )
        if service != "pool":
            made[f"{service}Bounds"] = resource(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                ServiceNamespace="ecs",
                ScalableDimension="ecs:service:DesiredCount",
                ResourceId=f"service/{name}/{service}",
                MinCapacity=tasks,
                MaxCapacity=tasks + 3,
            )
    return made | {
        "Nat": resource("AWS::EC2::Instance", ImageId="ami-0123456789abcdef0", InstanceType="t4g.nano"),
        **{
            f"Alarm{number}": resource(
                "AWS::CloudWatch::Alarm",
                AlarmName=f"{name}-{alarm}",
                Namespace="Test",
                MetricName=alarm,
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=0,
                ComparisonOperator="GreaterThanThreshold",
                AlarmActions=["arn:aws:sns:us-east-1:123456789012:nobody"],
            )
            for number, alarm in enumerate(ALARMS)
        },
    }


@dataclass
class EmbeddedHours:
    """It, deployed with its two state machines."""

    emulator: Emulator
    name: str
    cluster: bool = False
    stack: Stack = field(init=False)
    hours: Stack = field(init=False)

    def __post_init__(self) -> None:
        self.stack = Stack(self.emulator, services(self.name) | (CLUSTER if self.cluster else INSTANCE))
        self.hours = Stack(self.emulator, self._template())

    def _template(self) -> Resources:
        app = cdk.App(analytics_reporting=False)
        stack = cdk.Stack(app, self.name)
        kind: Literal["cluster", "instance"] = "cluster" if self.cluster else "instance"
        WorkingHours(
            stack,
            "Hours",
            name=self.name,
            schedule=SCHEDULE,
            shard=Shard(
                cluster=self.name,
                groups=[[tasks_of("pool")], [tasks_of("api")], [tasks_of("web")]],
                database=SleepingDatabase(kind=kind, identifier=self.stack["Database"], arn="*"),
                nat_instance=self.stack["Nat"],
                alarms=[f"{self.name}-{alarm}" for alarm in ALARMS],
            ),
        )
        made: Resources = app.synth().get_stack_by_name(self.name).template["Resources"]
        return made

    def machine(self, verb: str) -> str:
        """The ARN of a state machine."""
        return f"arn:aws:states:us-east-1:123456789012:stateMachine:{self.name}-{verb}"

    def start(self, verb: str, **told: Any) -> str:
        """Start a run."""
        run = self.emulator.client("stepfunctions").start_execution(
            stateMachineArn=self.machine(verb), input=json.dumps(told)
        )
        return str(run["executionArn"])

    def ended(self, run: str) -> str:
        """How a run ended."""
        states = self.emulator.client("stepfunctions")
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (found := states.describe_execution(executionArn=run))["status"] == "RUNNING":
            assert time.monotonic() < deadline, self.steps(run)[-5:]
            time.sleep(0.05)
        return str(found["status"])

    def run(self, verb: str, **told: Any) -> list[str]:
        """Run it to its good end; the steps it took."""
        run = self.start(verb, **told)
        status = self.ended(run)
        assert status == "SUCCEEDED", (status, self.why(run), self.steps(run)[-5:])
        return self.steps(run)

    def why(self, run: str) -> str:
        """What a run that failed says of it."""
        found = self.emulator.client("stepfunctions").describe_execution(executionArn=run)
        return f"{found.get('error')}: {found.get('cause')}"

    def steps(self, run: str) -> list[str]:
        """The steps of a run so far, in order."""
        pages = self.emulator.client("stepfunctions").get_paginator("get_execution_history")
        events = [one for page in pages.paginate(executionArn=run) for one in page["events"]]
        return [
            one["stateEnteredEventDetails"]["name"] for one in events if "stateEnteredEventDetails" in one
        ]

    def runs(self, verb: str) -> list[str]:
        """Every run of a machine."""
        found = self.emulator.client("stepfunctions").list_executions(stateMachineArn=self.machine(verb))
        return [str(one["executionArn"]) for one in found["executions"]]

    def tasks(self) -> dict[str, int]:
        """Running tasks by service."""
        found = self.emulator.client("ecs").describe_services(cluster=self.name, services=list(SERVICES))
        return {one["serviceName"]: one["runningCount"] for one in found["services"]}

    def bounds(self) -> dict[str, tuple[int, int]]:
        """Bounds of what scales, by service."""
        found = self.emulator.client("application-autoscaling").describe_scalable_targets(
            ServiceNamespace="ecs"
        )
        return {
            one["ResourceId"].rpartition("/")[2]: (one["MinCapacity"], one["MaxCapacity"])
            for one in found["ScalableTargets"]
            if f"/{self.name}/" in one["ResourceId"]
        }

    def _database(self) -> dict[str, Any]:
        rds, name = self.emulator.client("rds"), self.stack["Database"]
        if self.cluster:
            found = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
            place = {"Address": found["Endpoint"], "Port": found["Port"]}
            return {"status": found["Status"], "place": place}
        found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        return {"status": found["DBInstanceStatus"], "place": found["Endpoint"]}

    @property
    def database(self) -> str:
        """Status of the database."""
        return str(self._database()["status"])

    def login(self) -> "psycopg.Connection[Any]":
        """Log in to the database."""
        place = self._database()["place"]
        return psycopg.connect(
            host=place["Address"],
            port=place["Port"],
            user="app",
            password=PASSWORD,
            dbname="app",
            sslmode="verify-full",
            sslrootcert=str(Path(self.emulator.data) / "ca.pem"),
            connect_timeout=10,
            autocommit=True,
        )

    @property
    def nat(self) -> str:
        """State of the NAT instance."""
        found = self.emulator.client("ec2").describe_instances(InstanceIds=[self.stack["Nat"]])
        return str(found["Reservations"][0]["Instances"][0]["State"]["Name"])

    def alarms(self) -> dict[str, tuple[bool, str]]:
        """Whether each alarm may ring, and its state."""
        found = self.emulator.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{self.name}-")
        return {
            one["AlarmName"].removeprefix(f"{self.name}-"): (one["ActionsEnabled"], one["StateValue"])
            for one in found["MetricAlarms"]
        }


def tasks_of(service: str) -> Tasks:
    """What a service wakes with."""
    least = SERVICES[service]
    scaled = service != "pool"
    return Tasks(service=service, least=least, most=least + 3 if scaled else least, scaled=scaled)
