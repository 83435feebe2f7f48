"""What may be asked for, as JSON Schemas."""

from asked.check import Schema, among, only, text
from routing.entry import TENANT_VALUE, TENANT_VALUE_WORDS
from tenants.settings import Settings

LONGEST_TENANT = 20
OPERATIONS = ("create", "update", "suspend", "resume", "delete", "move")
SIDES = ("silo", "pool")
"""Where a move goes: a database of its own, or everybody's."""
_TENANT = f"^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){{1,{LONGEST_TENANT - 1}}}$"
_IMAGE = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"


def of_request(operation: str, given: object, tier: Settings) -> Schema:
    """The schema of a request about one tenant."""
    fields: dict[str, Schema] = {
        "operation": among("operation", OPERATIONS),
        "tenant": {
            "type": "string",
            "pattern": _TENANT,
            "description": f"tenant must be 2 to {LONGEST_TENANT} lower-case letters, digits and single "
            "hyphens, beginning with a letter and not ending with a hyphen",
        },
        "tier": among("tier", (tier.tier,)),
        "size": among("size", tier.sizes),
        "image": image(),
        "residency": text("residency must be a word such as EU"),
        "to": among("to", SIDES),
        "confirm": text("confirm must be the tenant"),
        "requested_by": text("requested_by must be the name of who asks"),
    }
    whole: Schema = {"required": ["operation", "tenant"]}
    if operation in ("create", "move"):
        # What else is done with a tenant is done with what was said then.
        fields["tenant_value"] = {**text(TENANT_VALUE_WORDS), "pattern": f"^{TENANT_VALUE}$"}
    if operation == "create":
        whole["required"] += ["residency", "image"]
        fields["residency"] = {
            "const": tier.residency,
            "description": f"residency must be {tier.residency}: this is region {tier.region_key}, and the "
            "data of a tenant stays where it must",
        }
    if operation == "update":
        whole["anyOf"] = [{"required": ["size"]}, {"required": ["image"]}]
        whole["description"] = "an update must say size or image, got neither"
    if operation == "delete":
        whole["required"] += ["confirm"]
        fields["confirm"] = {
            "const": given.get("tenant") if isinstance(given, dict) else None,
            "description": "deleting a tenant must be confirmed by its id: confirm (--confirm of a command) "
            "must be the tenant",
        }
    if operation == "move":
        _choose_side(given.get("to") if isinstance(given, dict) else None, fields, whole)
    return only(fields, **whole)


def _choose_side(to: object, fields: dict[str, Schema], whole: Schema) -> None:
    # An image is what the services of a silo begin with; those of the pool have their own.
    whole["required"] += ["to", "image"] if to == "silo" else ["to"]
    if to == "pool":
        for name in ("image", "size"):
            words = f"{name} must not be said of a move to the pool, which has its own"
            fields[name] = {"not": {}, "description": words}


def of_wave() -> Schema:
    """The schema of a wave."""
    return only(
        {
            "image": image(),
            "canaries": {
                "type": "array",
                "items": text("canaries must be active tenants"),
                "uniqueItems": True,
                "description": "canaries must be a list of active tenants, each of them once",
            },
            "requested_by": text("requested_by must be the name of who asks"),
        },
        required=["image"],
    )


def image() -> Schema:
    """The tag of an image."""
    return {**text("image must be the tag of an image, such as a commit"), "pattern": _IMAGE}
