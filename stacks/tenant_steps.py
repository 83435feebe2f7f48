"""The functions of the steps, each with what it may do."""

from collections.abc import Sequence
from dataclasses import fields

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
from cambium.tenant_parts import Functions

EXPORT = ("check_export", "drop_export")
MOVE = ("admit_move", "line", "look", "compared", "record_move")
CLEAR = ("due", "place", "cleared", "not_cleared")
NOT_OF = {
    "create": ("take_snapshot", "drop_snapshot", *EXPORT),
    "change": ("roles", "urls", "keys", "take_snapshot", "drop_snapshot", "forget_snapshots", *EXPORT),
    "delete": ("roles", "urls", "keys", "forget_snapshots"),
    "move": ("admit", "route", "drop_snapshot", "succeed", *EXPORT),
}
"""Functions that a machine has no step for."""


class TenantSteps:
    """Defines them below the constructs it is given.

    Attributes:
        registry: Read and write the registry of tenants.
        once: Remember what was said or begun, so that it is once.
        known: Read it.
        line: Read a line of the routing table.
        lines: Read and write lines.
        every_line: Look through them.
        shots: What may be done with snapshots.
        runs: See whether a run is at it still.
    """

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
        exports: str | None,
    ) -> None:
        self._inside, self._preparation = inside, preparation
        self._system, self._environment, self._prefix = system, environment, prefix
        self.registry, self.once = rights.registry(registry), rights.once(registry)
        self.runs = rights.allow(["states:DescribeExecution"], [arn("states", f"execution:{system}-*")])
        lines = arn("dynamodb", f"table/{routing}", region=region)
        self.line, self.every_line = rights.items(lines, "Get"), rights.items(lines, scan=True)
        self.lines = rights.items(lines, "Get", "Put")
        self.known = rights.items(registry, "Get")
        self.shots = rights.Snapshots(system=system, environment=environment, prefix=prefix)
        self._route = [rights.items(lines, "Get", "Put", "Delete"), rights.items(registry, "Get", "Update")]
        self._exports = rights.exports(exports) if exports else []
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
        events, shots = self.events, self.shots
        forget = [self.registry, shots.see, *shots.delete]
        self.add(
            "admit",
            "admission.on_request",
            [*self.looks, rights.look_around(), self.every_line],
        )
        # CloudFormation reads a template with the rights of who asks.
        # The way back brings that of an earlier release, which is beside it by another hash.
        template, release = self._template, self._template.asset_hash
        of_any_release = template.s3_object_key.replace(release, "?" * len(release))
        read = rights.allow(["s3:GetObject"], [template.bucket.arn_for_objects(of_any_release)])
        self.add("stack", "stack.on_request", [read, *rights.stacks(self._prefix, self._role.role_arn)])
        self.add(
            "keys",
            "keys.on_request",
            [
                rights.allow(["secretsmanager:GetSecretValue"], [one.secret_arn for one in sources]),
                rights.allow(["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], [secrets]),
            ],
        )
        self.add("route", "routing.on_request", self._route)
        self.add(
            "serving",
            "serving.on_request",
            [rights.allow(["elasticloadbalancing:DescribeTargetHealth", "apprunner:DescribeService"])],
        )
        self.add("take_snapshot", "snapshot.take", [self.registry, shots.take])
        self.add("forget_snapshots", "snapshot.forget", forget)
        self.add("drop_snapshot", "snapshot.drop", [self.registry, *shots.delete])
        if self._exports:
            self.add("check_export", "export.check", self._exports)
            self.add("drop_export", "export.drop", [self.registry, *self._exports])
        self.add(
            "succeed", "conclusion.succeed", [self.registry, self.once, events, shots.see, *self._exports]
        )
        self.add("fail", "conclusion.fail", [self.registry, self.once, events])
        self._prepare(secrets, cache_token)
        looks = rights.allow(["cloudformation:DescribeStacks"])
        self.plan = self._define("plan", "wave.plan", [self.registry, looks])
        self.judge = self._define("judge", "wave.judge", [])
        # No machine's step: the clock calls it.
        purge = self._define("purge", "purge.on_schedule", [self.registry, *shots.delete, *self._exports])
        events_.Rule(
            self._inside,
            "Daily",
            schedule=events_.Schedule.cron(hour="4", minute="17"),
            targets=[events_targets.LambdaFunction(purge, retry_attempts=2)],
        )

    @property
    def events(self) -> iam.PolicyStatement:
        """Say what becomes of tenants."""
        return rights.allow(["events:PutEvents"], [arn("events", f"event-bus/{self._bus}")])

    @property
    def looks(self) -> list[iam.PolicyStatement]:
        """Read and claim a tenant, and see who has."""
        return [self.registry, self.once, self.line, self.events, self.runs]

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
                self.registry,
                self.once,
                rights.allow(["states:StartExecution"], [f"{machines}-{verb}" for verb in NOT_OF]),
                rights.allow(["states:DescribeExecution"], [f"{runs}-*"]),
            ],
            MACHINES=machines,
        )

    @property
    def functions(self) -> Functions:
        """Their ARNs."""
        arns = {name: function.function_arn for name, function in self._defined.items()}
        return Functions(**{one.name: arns[one.name] for one in fields(Functions) if one.name in arns})

    def arns(self, verb: str) -> list[str]:
        """What the machine of a verb may call."""
        others = (*NOT_OF[verb], *CLEAR, *(MOVE if verb != "move" else ()))
        return [one.function_arn for name, one in self._defined.items() if name not in others]

    def arn(self, name: str) -> str:
        """The ARN of one of them."""
        return self._defined[name].function_arn

    @property
    def arns_of_clearing(self) -> list[str]:
        """What the machine may call that clears the pool."""
        return [self.arn(name) for name in CLEAR]

    def add(self, name: str, handler: str, statements: list[iam.PolicyStatement]) -> None:
        """Define one more.

        Args:
            name: Its name among the functions.
            handler: Module and function.
            statements: What it may do.
        """
        self._defined[name] = self._define(name, handler, statements)

    def allow(self, name: str, statement: iam.PolicyStatement) -> None:
        """Let a function that is defined already do more."""
        function = self._defined[name]
        function.add_to_role_policy(statement)
        rights.explain(function, [statement])

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
