"""A way to the private database for people: ``psql`` in a task that nobody can reach from outside."""

from aws_cdk import CfnOutput
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.operator_policy import OperatorPolicies
from cambium.task_container import SecretValue, TaskContainer
from cambium.task_definition import define_task
from cambium.wildcards import acknowledge_wildcards

CONTAINER = "psql"
"""No service has this name: what people may enter is decided by it."""
LONGEST_SECONDS = 4 * 3600
"""A shell that outlives a working day belongs to nobody."""
WRITING = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
CHANNELS = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]
"""How a session reaches the container: from inside, so that no port is open."""


class OperatorShell(Construct):
    """A task definition that people start when they need it, and two policies that let them.

    There is no bastion: between two uses nothing runs and nothing is paid. A task ends by itself, and its
    session with it. What is typed and answered is written to ``session_log``, through the cluster's own
    configuration for ``execute-command``, which is the caller's to make with the same group.

    Attributes:
        task_definition: The task.
        policies: What lets people start it and enter it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        login: secretsmanager.ISecret,
        host: str,
        port: str,
        database: str,
        version: str,
        session_log: logs.ILogGroup,
        log_days: int,
        open_seconds: int = 3600,
    ) -> None:
        super().__init__(scope, construct_id)
        if not 60 <= open_seconds <= LONGEST_SECONDS:
            raise ValueError(f"open_seconds must be 60 to {LONGEST_SECONDS}, got {open_seconds}")
        self.task_definition = define_task(
            self,
            family=name,
            cpu=256,
            memory_mib=512,
            log_days=log_days,
            containers=[
                TaskContainer(
                    name=CONTAINER,
                    image=psql_image(version),
                    command=("sleep", str(open_seconds)),
                    environment={
                        "PGHOST": host,
                        "PGPORT": port,
                        "PGDATABASE": database,
                        "PGSSLMODE": "require",
                        "PGAPPNAME": name,
                        # A database that has paused takes some seconds to answer.
                        "PGCONNECT_TIMEOUT": "60",
                    },
                    secrets={
                        "PGUSER": SecretValue(secret=login, key="username"),
                        "PGPASSWORD": SecretValue(secret=login, key="password"),
                    },
                    # Sessions leave processes behind, and ``sleep`` alone ignores SIGTERM.
                    reaps_processes=True,
                )
            ],
        )
        self._allow_sessions(session_log)
        self.policies = OperatorPolicies(
            self,
            "Policies",
            name=name,
            task=self.task_definition,
            container=CONTAINER,
            cluster=cluster,
            login=login,
        )
        self._define_outputs(construct_id, cluster, subnets, security_group)

    def _allow_sessions(self, session_log: logs.ILogGroup) -> None:
        role = self.task_definition.task_role
        for actions, resource in (
            (CHANNELS, "*"),
            (["logs:DescribeLogGroups"], "*"),
            (WRITING, session_log.log_group_arn),
        ):
            role.add_to_principal_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
        acknowledge_wildcards(role, {"*": "channels of sessions and the list of log groups take no resource"})

    def _define_outputs(
        self,
        prefix: str,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
    ) -> None:
        ids = ",".join(cluster.vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnet_ids)
        group = security_group.security_group_id
        place = f"subnets=[{ids}],securityGroups=[{group}],assignPublicIp=DISABLED"
        for name, value, description in (
            ("Policy", self.policies.shell.managed_policy_arn, "For people: psql, logged"),
            (
                "ForwardingPolicy",
                self.policies.forwarding.managed_policy_arn,
                "For people: a tunnel, unlogged",
            ),
            ("Network", f"awsvpcConfiguration={{{place}}}", "--network-configuration of aws ecs run-task"),
        ):
            CfnOutput(self, name, value=value, description=description).override_logical_id(f"{prefix}{name}")


def psql_image(version: str) -> ecs.ContainerImage:
    """PostgreSQL's own programs in the version of the database, from AWS's copy of the official images.

    The one on Debian and not on Alpine: ECS logs sessions by ``script``, which Alpine does not have.
    """
    return ecs.ContainerImage.from_registry(f"public.ecr.aws/docker/library/postgres:{version}")
