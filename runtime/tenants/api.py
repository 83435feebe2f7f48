"""The HTTP API of tenants: starts the state machines, and reads what they wrote down.

Who may call it is IAM's to say, before a request arrives here; who did is written down with the operation.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from asked.check import RefusedError, among, check, only, shown
from tenants import registry, runs
from tenants.request import parse
from tenants.settings import settings
from tenants.start import Asked, start

logger = Logger()
app = APIGatewayHttpResolver()
Answer = Response[str]
CHANGES = ("update", "suspend", "resume", "move")
"""What ``PATCH`` may ask for. IAM gives leave by method, and who may change a tenant may not delete one."""


@app.post("/tenants")
def create() -> Answer:
    """Make a tenant."""
    return _start("create", _body())


@app.patch("/tenants/<tenant>")
def change(tenant: str) -> Answer:
    """Suspend, resume, move, or give it another size or image: ``operation`` says which."""
    body = _body()
    told = {**body, "operation": body.get("operation", "update"), "tenant": tenant}
    check({"operation": told["operation"]}, only({"operation": among("operation", CHANGES)}))
    return _start(told["operation"], told)


@app.delete("/tenants/<tenant>")
def delete(tenant: str) -> Answer:
    """Delete it; ``?confirm=`` has its id again."""
    return _start(
        "delete", {"tenant": tenant, "confirm": app.current_event.get_query_string_value("confirm")}
    )


@app.get("/tenants")
def every() -> Answer:
    """All tenants that are not deleted."""
    return _answer(HTTPStatus.OK, {"tenants": [_told(one) for one in registry.every()]})


@app.get("/tenants/<tenant>")
def show(tenant: str) -> Answer:
    """What one is."""
    known = registry.read(tenant)
    if not known.state:
        return _answer(HTTPStatus.NOT_FOUND, {"message": f"there is no tenant {shown(tenant)}"})
    return _answer(HTTPStatus.OK, _told(known.facts))


@app.exception_handler(RefusedError)  # type: ignore[untyped-decorator]
def refuse(refusal: RefusedError) -> Answer:
    """Say what is allowed."""
    return _answer(HTTPStatus.BAD_REQUEST, {"message": str(refusal)})


@app.exception_handler(IdempotencyAlreadyInProgressError)  # type: ignore[untyped-decorator]
def wait(_: IdempotencyAlreadyInProgressError) -> Answer:
    """Say that the first of two equal requests is still being answered."""
    return _answer(HTTPStatus.CONFLICT, {"message": "the same request is being answered; send it again"})


@app.exception_handler(IdempotencyValidationError)  # type: ignore[untyped-decorator]
def refuse_key(_: IdempotencyValidationError) -> Answer:
    """Say that a key is for one request."""
    message = "Idempotency-Key must be one of its own for each request, got that of another request"
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"message": message})


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return app.resolve(event, context)


def _start(operation: str, given: dict[str, Any]) -> Answer:
    parse(operation, given, settings())
    event = app.current_event
    iam = event.request_context.authorizer.iam
    asked = Asked(
        operation=operation,
        given=given,
        caller=str(iam.user_arn if iam else "unknown"),
        key=event.headers.get("idempotency-key"),
        request_id=event.request_context.request_id,
    )
    return _answer(HTTPStatus.ACCEPTED, start(asked, app.lambda_context))


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a tenant is, and whether a run was stopped before it let go of it."""
    run = facts.get("operation")
    return {**facts, **({"interrupted": True} if run and not runs.is_running(run) else {})}


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
