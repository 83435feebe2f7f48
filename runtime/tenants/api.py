"""The HTTP API of tenants: starts the state machines, and reads what they wrote down.

Who may call it is IAM's to say, before a request arrives here; who did is written down with the operation.
"""

import hashlib
import json
import os
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants import registry
from tenants.failure import RefusedError
from tenants.request import parse, shown
from tenants.settings import client, settings

logger = Logger()
app = APIGatewayHttpResolver()
MACHINES = {"create": "create", "delete": "delete"}
Answer = Response[str]


@app.post("/tenants")
def create() -> Answer:
    """Make a tenant."""
    return _start("create", _body())


@app.patch("/tenants/<tenant>")
def change(tenant: str) -> Answer:
    """Suspend, resume, or give it another size or image: ``operation`` says which."""
    body = _body()
    return _start(str(body.get("operation", "update")), {**body, "tenant": tenant})


@app.delete("/tenants/<tenant>")
def delete(tenant: str) -> Answer:
    """Delete it; ``?confirm=`` has its id again."""
    return _start(
        "delete", {"tenant": tenant, "confirm": app.current_event.get_query_string_value("confirm")}
    )


@app.get("/tenants")
def every() -> Answer:
    """All tenants that are not deleted."""
    return _answer(HTTPStatus.OK, {"tenants": registry.every()})


@app.get("/tenants/<tenant>")
def show(tenant: str) -> Answer:
    """What one is."""
    known = registry.read(tenant)
    if not known.state:
        return _answer(HTTPStatus.NOT_FOUND, {"message": f"there is no tenant {shown(tenant)}"})
    return _answer(HTTPStatus.OK, dict(known.facts))


@app.exception_handler(RefusedError)  # type: ignore[untyped-decorator]
def refuse(refusal: RefusedError) -> Answer:
    """Say what is allowed."""
    return _answer(HTTPStatus.BAD_REQUEST, {"message": str(refusal)})


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return app.resolve(event, context)


def _start(operation: str, given: dict[str, Any]) -> Answer:
    parse(operation, given, settings())
    told = json.dumps({**given, "operation": operation, "requested_by": _caller()}, sort_keys=True)
    machine = f"{os.environ['MACHINES']}-{MACHINES.get(operation, 'change')}"
    run = f"{machine.replace(':stateMachine:', ':execution:')}:{_name(operation, told)}"
    states = client("stepfunctions")
    try:
        states.start_execution(stateMachineArn=machine, name=run.rpartition(":")[2], input=told)
    except states.exceptions.ExecutionAlreadyExists:
        logger.info("a repeated request", extra={"run": run})
    return _answer(HTTPStatus.ACCEPTED, {"run": run, "tenant": given["tenant"]})


def _name(operation: str, told: str) -> str:
    """The name of the run: the same for the same request with the same ``Idempotency-Key``."""
    key = app.current_event.headers.get("idempotency-key") or app.current_event.request_context.request_id
    return f"{operation}-{hashlib.sha256(f'{key} {told}'.encode()).hexdigest()[:32]}"


def _caller() -> str:
    iam = app.current_event.request_context.authorizer.iam
    return str(iam.user_arn if iam else "unknown")


def _body() -> dict[str, Any]:
    try:
        body = json.loads(app.current_event.body or "")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError("the body must be a JSON object")
    return body


def _answer(status: HTTPStatus, body: dict[str, Any]) -> Answer:
    return Response(int(status), content_types.APPLICATION_JSON, json.dumps(body, default=str))
