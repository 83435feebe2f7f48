"""Adds our resource types and top-ups to MiniStack's table of CloudFormation handlers."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

from emulator.resources.base import Properties, Provisioned, Resource
from emulator.topups.base import TopUp

Handlers = dict[str, Any]

# Deleting what is already gone is success in CloudFormation.
_GONE = re.compile(r"NotFound|NoSuch|does not exist|not found", re.IGNORECASE)


def register(resources: Iterable[Resource], top_ups: Iterable[TopUp]) -> None:
    """Register types MiniStack lacks and complete types it has.

    All of them run on a worker thread, because they call the emulator's own API: on the event
    loop such a call would wait for itself.
    """
    table: dict[str, Handlers] = provisioners._RESOURCE_HANDLERS
    ours = set()
    for resource in resources:
        table[resource.type_name] = handlers(resource)
        ours.add(resource.type_name)
    for top_up in top_ups:
        table[top_up.type_name] = completed(table[top_up.type_name], top_up)
        ours.add(top_up.type_name)
    _run_on_worker_thread(frozenset(ours))


def _run_on_worker_thread(types: frozenset[str]) -> None:
    original: Callable[[str], bool] = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in types or original(name)


def handlers(resource: Resource) -> Handlers:
    """Return MiniStack's four handlers for one of our resource types."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        physical_id = resource.create(properties, f"{stack_name}-{logical_id}")
        return physical_id, resource.attributes(physical_id)

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Provisioned:
        if any(old.get(name) != new.get(name) for name in resource.replacing):
            return create(logical_id, new, stack_name)  # a new id: the engine deletes the old one
        resource.update(physical_id, old, new)
        return physical_id, resource.attributes(physical_id)

    delete = partial(_delete, resource)
    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def _delete(resource: Resource, physical_id: str, properties: Properties) -> None:
    try:
        resource.delete(physical_id, properties)
    except Exception as error:
        if not _GONE.search(str(error)):
            raise


def completed(original: Handlers, top_up: TopUp) -> Handlers:
    """Return MiniStack's handlers of a type, followed by our top-up."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        physical_id, attributes = original["create"](logical_id, top_up.prepare(properties), stack_name)
        try:
            return physical_id, attributes | top_up.apply(physical_id, properties)
        except Exception:
            delete(physical_id, properties)  # the engine never hears of it, and could not
            raise

    def update(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Provisioned:
        top_up.before_update(physical_id, old, new)
        new_id, attributes = original["update"](physical_id, top_up.prepare(old), top_up.prepare(new), *rest)
        return new_id, attributes | top_up.apply(new_id, new)

    def delete(physical_id: str, properties: Properties, *rest: Any) -> None:
        top_up.before_delete(physical_id, properties)
        original["delete"](physical_id, properties, *rest)
        top_up.after_delete(physical_id, properties)

    return original | {"create": create, "update": update, "delete": delete}
