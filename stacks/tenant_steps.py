"""The functions of the steps, each with what it may do."""

from collections.abc import Sequence

from aws_cdk import aws_events as events_
from aws_cdk import aws_events_targets as events_targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_secretsmanager as secretsmanager

from cambium import tenant_rights as rights
from cambium.arn import arn
from cambium.connection_secrets import PACKAGE, ConnectionSecrets
from cambium.tenant_functions import TenantFunctions
from cambium.tenant_machines import Functions

NOT_OF = {
    "create": ("take_snapshot", "drop_snapshot"),
    "change": ("roles", "urls", "keys", "take_snapshot", "drop_snapshot", "forget_snapshots"),
    "delete": ("roles", "urls", "keys", "serving", "forget_snapshots"),
}
"""Functions that a machine has no step for."""


class TenantSteps:
    """Defines them below the constructs it is given."""

    def __init__(
        self,
        inside: TenantFunctions,
        preparation: ConnectionSecrets,
        *,
        region: str,
        system: str,
        environment: str,
        prefix: str,
        registry: str,
        routing: str,
        bus: str,
        template: s3_assets.Asset,
        role: iam.IRole,
    ) -> None:
        self._inside, self._preparation = inside, preparation
        self._system, self._environment, self._prefix = system, environment, prefix
        self._registry, self._once = rights.registry(registry), rights.once(registry)
        self._routing = rights.routing(arn("dynamodb", f"table/{routing}", region=region))
        self._bus, self._template, self._role = bus, template, role
        self._defined: dict[str, lambda_.Function] = {}

    def define(
        self, *, sources: Sequence[secretsmanager.ISecret], cache_token: secretsmanager.ISecret | None
    ) -> None:
        """Define every function.

        Args:
            sources: Secrets of everybody's services, whose third-party keys a new tenant gets.
            cache_token: What connection URLs of the cache are composed with.
        """
        secrets = arn("secretsmanager", f"secret:{self._system}/{self._environment}/tenants/*")
        events = rights.allow(["events:PutEvents"], [arn("events", f"event-bus/{self._bus}")])
        look = rights.allow(["states:DescribeExecution"], [arn("states", f"execution:{self._system}-*")])
        shots = rights.snapshots(self._system, self._environment)
        self._add(
            "admit",
            "admission.on_request",
            [self._registry, self._once, self._routing, events, look, rights.look_around()],
        )
        # CloudFormation reads a template with the rights of who asks.
        template = self._template.bucket.arn_for_objects(self._template.s3_object_key)
        read = rights.allow(["s3:GetObject"], [template])
        self._add("stack", "stack.on_request", [read, *rights.stacks(self._prefix, self._role.role_arn)])
        self._add(
            "keys",
            "keys.on_request",
            [
                rights.allow(["secretsmanager:GetSecretValue"], [one.secret_arn for one in sources]),
                rights.allow(["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], [secrets]),
            ],
        )
        self._add("route", "routing.on_request", [self._routing])
        self._add(
            "serving",
            "serving.on_request",
            [rights.allow(["elasticloadbalancing:DescribeTargetHealth", "apprunner:DescribeService"])],
        )
        self._add("take_snapshot", "snapshot.take", [self._registry, shots])
        self._add("forget_snapshots", "snapshot.forget", [self._registry, shots])
        self._add("drop_snapshot", "snapshot.drop", [self._registry, shots])
        self._add("succeed", "conclusion.succeed", [self._registry, self._once, events, shots])
        self._add("fail", "conclusion.fail", [self._registry, self._once, events])
        self._prepare(secrets, cache_token)
        self.plan = self._define("plan", "wave.plan", [self._registry])
        self.judge = self._define("judge", "wave.judge", [])
        # No machine's step: the clock calls it.
        purge = self._define("purge", "purge.on_schedule", [self._registry, shots])
        events_.Rule(
            self._inside,
            "Daily",
            schedule=events_.Schedule.cron(hour="4", minute="17"),
            targets=[events_targets.LambdaFunction(purge, retry_attempts=2)],
        )

    def define_api(self, machines: str) -> lambda_.Function:
        """The function behind the HTTP API.

        Args:
            machines: What the ARNs of the state machines begin with.
        """
        runs = machines.replace(":stateMachine:", ":execution:")
        return self._define(
            "api",
            "api.on_request",
            [
                self._registry,
                self._once,
                rights.allow(["states:StartExecution"], [f"{machines}-{verb}" for verb in NOT_OF]),
                rights.allow(["states:DescribeExecution"], [f"{runs}-*"]),
            ],
            MACHINES=machines,
        )

    @property
    def functions(self) -> Functions:
        """Their ARNs."""
        return Functions(**{name: function.function_arn for name, function in self._defined.items()})

    def arns(self, verb: str) -> list[str]:
        """What the machine of a verb may call."""
        return [one.function_arn for name, one in self._defined.items() if name not in NOT_OF[verb]]

    def _add(self, name: str, handler: str, statements: list[iam.PolicyStatement]) -> None:
        self._defined[name] = self._define(name, handler, statements)

    def _define(
        self, name: str, handler: str, statements: list[iam.PolicyStatement], **told: str
    ) -> lambda_.Function:
        return self._inside.define(
            "".join(part.capitalize() for part in name.split("_")),
            handler,
            statements,
            EVENT_BUS=self._bus,
            TEMPLATE_URL=self._template.http_url,
            RELEASE=self._template.asset_hash,
            STACK_ROLE=self._role.role_arn,
            **told,
        )

    def _prepare(self, secrets: str, cache_token: secretsmanager.ISecret | None) -> None:
        read = rights.allow(["secretsmanager:GetSecretValue"], [secrets])
        verbs = ("GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage", "DescribeSecret")
        write = rights.allow([f"secretsmanager:{verb}" for verb in verbs], [secrets])
        for name, handler, statement in (
            ("roles", "roles_handler.on_event", read),
            ("urls", "urls_handler.on_event", write),
        ):
            function = self._preparation.define_function(
                name.capitalize(), packages=(PACKAGE,), handler=handler
            )
            function.add_to_role_policy(statement)
            rights.explain(function, [statement])
            self._defined[name] = function
        if cache_token is not None:
            cache_token.grant_read(self._defined["urls"])
