"""Turns CloudFormation properties into API parameters, by the API's own published model.

CloudFormation hands numbers and booleans over as strings and spells some names differently in
case; botocore refuses both. A nested name the API does not know is an error, never dropped.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any


def call(client: Any, operation: str, properties: Mapping[str, Any], **fixed: Any) -> Any:
    """Call an operation with the properties it has parameters for, plus fixed parameters.

    Args:
        client: A boto3 client.
        operation: Name of the operation as in the API, such as ``CreateService``.
        properties: Template properties; top-level ones without a parameter are left unread.
        fixed: Parameters that come from elsewhere; they win.
    """
    shape = client.meta.service_model.operation_model(operation).input_shape
    names = {_fold(name): name for name in properties}
    parameters = {
        member: properties[names[_fold(member)]]
        for member in shape.members
        if _fold(member) in names and member not in fixed
    }
    method = client.meta.method_to_api_mapping
    python_name = next(name for name, api_name in method.items() if api_name == operation)
    return getattr(client, python_name)(**conform(parameters | fixed, shape))


def conform(value: Any, shape: Any) -> Any:
    """Return the value in the types and names of an API shape."""
    convert = _CONVERTERS.get(shape.type_name)
    return convert(value, shape) if convert else value


def _fold(name: str) -> str:
    return name.lower()


def _structure(value: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    members = {_fold(name): name for name in shape.members}
    result = {}
    for name, item in value.items():
        if _fold(name) not in members:
            raise ValueError(f"{shape.name} has no {name}")
        member = members[_fold(name)]
        result[member] = conform(item, shape.members[member])
    return result


def _list(value: Any, shape: Any) -> list[Any]:
    return [conform(item, shape.member) for item in value]


def _map(value: Mapping[str, Any] | list[dict[str, Any]], shape: Any) -> dict[str, Any]:
    if isinstance(value, list):  # templates write tags and environment values as pairs
        value = {str(pair.get("Key", pair.get("Name"))): pair["Value"] for pair in value}
    return {str(key): conform(item, shape.value) for key, item in value.items()}


def _boolean(value: Any, _shape: Any) -> bool:
    return value.lower() == "true" if isinstance(value, str) else bool(value)


def _string(value: Any, _shape: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


_CONVERTERS: dict[str, Callable[[Any, Any], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "boolean": _boolean,
    "string": _string,
    "integer": lambda value, _shape: int(value),
    "long": lambda value, _shape: int(value),
    "float": lambda value, _shape: float(value),
    "double": lambda value, _shape: float(value),
}
