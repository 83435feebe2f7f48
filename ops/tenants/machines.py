"""Starts the state machines of tenants, and waits for what they say."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config.deployment import Deployment
from config.region import Region
from ops.embedded.aws import Aws, Place, Places
from ops.outcome import ExitCode, OperatorError
from ops.tenants.advice import Advice
from ops.tenants.run import Run

VERBS = {"create": "create", "delete": "delete", "wave": "wave", "move": "move"}
"""Machines by operation; all others are changes."""
CHANGE = "change"
"""The machine that must be told what to do; each other one does one thing."""
ENDED = {"RUNNING": "running", "SUCCEEDED": "succeeded", "FAILED": "failed"}
"""What a run is whose end nobody wrote down; all else was stopped."""


@dataclass(frozen=True)
class Tenants:
    """The tenants of one deployment, in all its regions."""

    deployment: Deployment
    places: Places

    @property
    def options(self) -> str:
        """The options of a command about the same deployment."""
        return f"--system {self.deployment.system} --env {self.deployment.environment.name}"

    def at(self, region: Region) -> Aws:
        """The embedded AWS in a region."""
        return self.places.at(Place(self.deployment.environment.account, region.name))

    def home_of(self, wanted: str) -> Region:
        """The region where data of a residency lies.

        Raises:
            OperatorError: there is none; the message lists those there are.
        """
        for region in self.deployment.regions:
            if region.residency == wanted:
                return region
        known = ", ".join(sorted({str(region.residency) for region in self.deployment.regions}))
        raise OperatorError(
            ExitCode.TENANT,
            f"--residency must be {known}, where this deployment is, got {wanted!r}",
            hint="nothing was started; cambium systems says in which regions it is, in its last phase too",
        )

    def region_of(self, tenant: str) -> Region:
        """Where a tenant is.

        Raises:
            OperatorError: nobody has heard of it.
        """
        for region in self.deployment.regions:
            if self.show(region, tenant):
                return region
        raise OperatorError(ExitCode.TENANT, f"there is no tenant {tenant!r}", hint="see cambium tenant list")

    def region_of_organization(self, organization: str) -> Region:
        """Where an organization lives, whatever its tier: what the routing table says.

        Raises:
            OperatorError: it has no line there, or one that leads to no region of this deployment.
        """
        line = self._line(organization)
        for region in self.deployment.regions:
            if region.key == line.get("region"):
                return region
        raise OperatorError(
            ExitCode.TENANT,
            f"organization {organization!r} is not in the routing table",
            hint="only who is served can be moved; a new tenant is made with cambium tenant create",
        )

    def address(self, tenant: str) -> str:
        """Where requests of a tenant are led, as its line in the routing table has it; nothing if nowhere."""
        line = self._line(tenant)
        return str(line["origin"]) if line.get("state") == "active" else ""

    def clear(self, region: Region, tenant: str, say: Callable[[str], None]) -> str:
        """Clear the pool of what a tenant left there, before its time; what it has there still, in words."""
        done = json.loads(self._finish(region, "clear", "clear", {"tenant": tenant}, say))
        return str([*done["each"], done][0]["left"])

    def run(
        self, region: Region, operation: str, request: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        """Run an operation to its end.

        Raises:
            OperatorError: it was refused, or failed; the message is the machine's own.
        """
        told = {key: value for key, value in request.items() if value is not None}
        machine = VERBS.get(operation, CHANGE)
        # A machine refuses a field that says nothing to it.
        named = {"operation": operation} if machine == CHANGE else {}
        self._finish(region, machine, operation, {**named, **told}, say)

    def _finish(
        self,
        region: Region,
        verb: str,
        operation: str,
        told: Mapping[str, Any],
        say: Callable[[str], None],
    ) -> str:
        states = self.at(region).client("stepfunctions")
        advice = Advice(
            operation=operation,
            told=told,
            options=self.options,
            known=lambda: self._known(region, str(told.get("tenant", ""))),
        )
        return Run.start(states, self._machine(region, verb), operation, told, advice).finish(say)

    def show(self, region: Region, tenant: str) -> dict[str, Any]:
        """What the registry of a region says of a tenant; nothing where it is not known."""
        table = self._table(region)
        found: dict[str, Any] = table.get_item(Key={"tenant": tenant, "item": "tenant"}).get("Item", {})
        return found

    def interrupted(self, region: Region, known: Mapping[str, Any]) -> bool:
        """Whether the run that changes a tenant has ended without letting go of it: it was stopped."""
        run = known.get("operation")
        return run is not None and self._outcome(region, str(run)) != "running"

    def history(self, region: Region, tenant: str) -> list[dict[str, Any]]:
        """Operations on a tenant and certificates of its deletion, oldest first.

        A run that was stopped has written down no end: its outcome is what Step Functions says of it.
        """
        found = self._table(region).query(
            KeyConditionExpression="tenant = :tenant", ExpressionAttributeValues={":tenant": tenant}
        )["Items"]
        told = [self._told(region, one) for one in found if one["item"] != "tenant"]
        return sorted(told, key=lambda one: str(one.get("started_at") or one.get("deleted_at")))

    def _told(self, region: Region, item: dict[str, Any]) -> dict[str, Any]:
        if "run" not in item:
            return item
        ended = item["outcome"] if item["outcome"] != "running" else self._outcome(region, item["run"])
        return {**item, "outcome": ended}

    def _outcome(self, region: Region, run: str) -> str:
        states = self.at(region).client("stepfunctions")
        try:
            found = states.describe_execution(executionArn=run)
        except states.exceptions.ExecutionDoesNotExist:
            return "stopped"
        return ENDED.get(found["status"], "stopped")

    def _line(self, organization: str) -> dict[str, Any]:
        home = self.at(self.deployment.home)
        table = home.resource("dynamodb").Table(self.deployment.routing_table_name)
        found: dict[str, Any] = table.get_item(Key={"organization": organization}).get("Item", {})
        return found

    def _known(self, region: Region, tenant: str) -> dict[str, Any]:
        known = self.show(region, tenant) if tenant else {}
        return {**known, "busy": bool(known.get("operation")) and not self.interrupted(region, known)}

    def every(self, region: Region) -> list[dict[str, Any]]:
        """Every tenant of a region, deleted ones included."""
        found = self._table(region).scan(
            FilterExpression="#item = :tenant",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":tenant": "tenant"},
        )["Items"]
        return sorted(found, key=lambda one: str(one["tenant"]))

    def _machine(self, region: Region, verb: str) -> str:
        account = self.deployment.environment.account
        name = self.deployment.stack_name("tenants", region)
        return f"arn:aws:states:{region.name}:{account}:stateMachine:{name}-{verb}"

    def _table(self, region: Region) -> Any:
        aws = self.at(region)
        return aws.resource("dynamodb").Table(self.deployment.stack_name("tenants", region))
