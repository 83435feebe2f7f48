"""Asks the function that knows where organizations are."""

import json
from dataclasses import dataclass
from typing import Any

from config.deployment import Deployment
from ops.embedded.aws import Place, Places
from ops.outcome import ExitCode, OperatorError


@dataclass(frozen=True)
class Organizations:
    """The organizations of one deployment; they are written down in its home region."""

    deployment: Deployment
    places: Places

    def ask(self, operation: str, **told: str) -> Any:
        """What the function answers.

        Args:
            operation: ``place``, ``show``, ``list``, ``suspend`` or ``resume``.
            told: Organization, and residency.

        Raises:
            OperatorError: it refused, or failed.
        """
        home = Place(self.deployment.environment.account, self.deployment.home.name)
        answer = (
            self.places.at(home)
            .client("lambda")
            .invoke(
                FunctionName=self.deployment.stack_name("organizations"),
                Payload=json.dumps({"operation": operation, **told}).encode(),
            )
        )
        said = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise OperatorError(
                ExitCode.TENANT,
                str(said.get("errorMessage", "the function failed")),
                hint="run it again; the function's log has more",
            )
        if "refused" in said:
            raise OperatorError(ExitCode.TENANT, str(said["refused"]), hint="nothing was changed")
        return said["organizations"] if operation == "list" else said["entry"]
