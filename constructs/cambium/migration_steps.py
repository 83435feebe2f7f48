"""The steps of a migration: one task, then the poolers, and a sentence when something fails."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from cambium.connection_pool_checks import Reconnection

TASK_DEFINITION = "taskDefinition"
"""What a run may be told: which revision. Left out, it takes the newest."""


class MigrationSteps(Construct):
    """States of a state machine, without what runs them.

    No step is tried twice: a failed migration may have done half of its work, and whether it may run again is
    for a person to say.

    Attributes:
        first: Where a run begins.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        task: Mapping[str, Any],
        family: str,
        explain: lambda_.IFunction,
        reconnect: Reconnection | None,
    ) -> None:
        super().__init__(scope, construct_id)
        run = sfn.CustomState(self, "Run the migration", state_json=dict(task))
        run.add_catch(self._failure(explain), result_path="$.failure")
        done = sfn.Succeed(self, "Done")
        run.next(self._reconnection(reconnect, done) if reconnect else done)
        newest = sfn.Pass(self, "Take the newest revision", parameters={TASK_DEFINITION: family}).next(run)
        told = sfn.Condition.is_present(f"$.{TASK_DEFINITION}")
        self.first = sfn.Choice(self, "Told which revision?").when(told, run).otherwise(newest)

    def _reconnection(self, reconnect: Reconnection, done: sfn.IChainable) -> sfn.IChainable:
        kept = sfn.Fail(
            self,
            "Poolers keep old connections",
            error="PoolersNotReconnected",
            cause_path=sfn.JsonPath.format(
                "the migration has run, but services are not rolled out: {}",
                sfn.JsonPath.string_at("$.failure.Cause"),
            ),
        )
        asked = tasks.LambdaInvoke(
            self,
            "Reconnect poolers",
            lambda_function=reconnect.function,
            payload=sfn.TaskInput.from_object(dict(reconnect.event)),
            retry_on_service_exceptions=False,
            result_path=sfn.JsonPath.DISCARD,
        )
        return asked.add_catch(kept, result_path="$.failure").next(done)

    def _failure(self, explain: lambda_.IFunction) -> sfn.IChainable:
        wordless = sfn.Fail(
            self, "Failed without words", error_path="$.failure.Error", cause_path="$.failure.Cause"
        )
        said = tasks.LambdaInvoke(
            self,
            "Say what failed",
            lambda_function=explain,
            payload=sfn.TaskInput.from_json_path_at("$.failure"),
            retry_on_service_exceptions=False,
            result_selector={"message.$": "$.Payload.message"},
            result_path="$.said",
        )
        failed = sfn.Fail(self, "Failed", error="MigrationFailed", cause_path="$.said.message")
        return said.add_catch(wordless, result_path="$.unsaid").next(failed)
