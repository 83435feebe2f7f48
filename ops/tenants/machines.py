"""Starts the state machines of tenants, and waits for what they say."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from config.deployment import Deployment
from config.region import Region
from ops.embedded.aws import Aws, Place, Places
from ops.outcome import ExitCode, OperatorError

POLL_SECONDS = 0.5
VERBS = {"create": "create", "delete": "delete", "wave": "wave", "move": "move"}
"""Machines by operation; all others are changes."""


@dataclass(frozen=True)
class Tenants:
    """The tenants of one deployment, in all its regions."""

    deployment: Deployment
    places: Places

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
            ExitCode.USAGE, f"--residency must be {known}, where this deployment is, got {wanted!r}"
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
        home = self.at(self.deployment.home)
        table = home.resource("dynamodb").Table(self.deployment.routing_table_name)
        line = table.get_item(Key={"organization": organization}).get("Item", {})
        for region in self.deployment.regions:
            if region.key == line.get("region"):
                return region
        raise OperatorError(
            ExitCode.TENANT,
            f"organization {organization!r} is not in the routing table",
            hint="only who is served can be moved; a new tenant is made with cambium tenant create",
        )

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
        machine = VERBS.get(operation, "change")
        self._finish(region, machine, operation, {"operation": operation, **told}, say)

    def _finish(
        self,
        region: Region,
        verb: str,
        operation: str,
        told: Mapping[str, Any],
        say: Callable[[str], None],
    ) -> str:
        states = self.at(region).client("stepfunctions")
        machine = self._machine(region, verb)
        run = states.start_execution(
            stateMachineArn=machine,
            name=f"{operation}-{uuid4()}",
            input=json.dumps(told),
        )["executionArn"]
        while (found := states.describe_execution(executionArn=run))["status"] == "RUNNING":
            say(_step(states, run))
            time.sleep(POLL_SECONDS)
        if found["status"] != "SUCCEEDED":
            raise OperatorError(
                ExitCode.TENANT,
                found.get("cause") or f"the run ended as {found['status']}",
                hint=f"nothing was changed; the run is {run}"
                if found.get("error") == "Refused"
                else f"cambium tenant show has it too; the run is {run}",
            )
        return str(found["output"])

    def show(self, region: Region, tenant: str) -> dict[str, Any]:
        """What the registry of a region says of a tenant; nothing where it is not known."""
        table = self._table(region)
        found: dict[str, Any] = table.get_item(Key={"tenant": tenant, "item": "tenant"}).get("Item", {})
        return found

    def interrupted(self, region: Region, known: Mapping[str, Any]) -> bool:
        """Whether the run that changes a tenant has ended without letting go of it: it was stopped."""
        run = known.get("operation")
        if not run:
            return False
        states = self.at(region).client("stepfunctions")
        try:
            return bool(states.describe_execution(executionArn=run)["status"] != "RUNNING")
        except states.exceptions.ExecutionDoesNotExist:
            return True

    def history(self, region: Region, tenant: str) -> list[dict[str, Any]]:
        """Operations on a tenant and certificates of its deletion, oldest first."""
        found = self._table(region).query(
            KeyConditionExpression="tenant = :tenant", ExpressionAttributeValues={":tenant": tenant}
        )["Items"]
        return sorted(
            (one for one in found if one["item"] != "tenant"),
            key=lambda one: str(one.get("started_at") or one.get("deleted_at")),
        )

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


def _step(states: Any, run: str) -> str:
    events = states.get_execution_history(executionArn=run, reverseOrder=True, maxResults=20)["events"]
    names = [one["stateEnteredEventDetails"]["name"] for one in events if "stateEnteredEventDetails" in one]
    return str(names[0]).partition(":")[0] if names else "starting"
