"""What guests may do with the owner's objects, those there are and those migrations will create."""

from dataclasses import dataclass

from connection_secrets.roles import Kind, Role
from connection_secrets.session import Session, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """A class of objects, under the names three different statements have for it."""

    code: str
    """In ``pg_default_acl``."""

    plural: str
    """In ALTER DEFAULT PRIVILEGES."""

    singular: str
    """In GRANT."""

    owned: str
    """Query for the quoted names of those an owner has."""

    granted: dict[Kind, frozenset[str]]


_RELATIONS = (
    "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE pg_get_userbyid(c.relowner) = :owner AND c.relpersistence <> 't' AND c.relkind "
)

CLASSES = (
    Objects(
        code="n",
        plural="SCHEMAS",
        singular="SCHEMA",
        owned="SELECT format('%I', nspname) FROM pg_namespace WHERE pg_get_userbyid(nspowner) = :owner",
        granted={Kind.APPLICATION: frozenset({"USAGE"}), Kind.READONLY: frozenset({"USAGE"})},
    ),
    Objects(
        code="r",
        plural="TABLES",
        singular="TABLE",
        owned=_RELATIONS + "IN ('r', 'p', 'v', 'm', 'f')",
        # No TRUNCATE: row-level security does not apply to it.
        granted={
            Kind.APPLICATION: frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
            Kind.READONLY: frozenset({"SELECT"}),
        },
    ),
    Objects(
        code="S",
        plural="SEQUENCES",
        singular="SEQUENCE",
        owned=_RELATIONS + "= 'S'",
        granted={
            Kind.APPLICATION: frozenset({"USAGE", "SELECT"}),
            Kind.READONLY: frozenset({"SELECT"}),
        },
    ),
    Objects(
        code="f",
        plural="ROUTINES",
        singular="ROUTINE",
        owned="SELECT oid::regprocedure::text FROM pg_proc WHERE pg_get_userbyid(proowner) = :owner",
        # Not for readonly: a SECURITY DEFINER function writes with the owner's rights.
        granted={Kind.APPLICATION: frozenset({"EXECUTE"}), Kind.READONLY: frozenset()},
    ),
)


def grant_objects(session: Session, owner: Role, guest: Role) -> None:
    """Give ``guest`` what its kind may do, once.

    The default privileges are the record of what was given. When they already say what we want,
    existing objects stay untouched: a migration that made one table append-only meant it.
    """
    for objects in CLASSES:
        wanted = objects.granted[guest.kind]
        if _defaults(session, owner, guest, objects) != wanted:
            _apply(session, owner, guest, objects, wanted)


def _defaults(session: Session, owner: Role, guest: Role, objects: Objects) -> frozenset[str]:
    rows = session.run(
        f"reading the default privileges of {guest.name}",
        "SELECT a.privilege_type FROM pg_default_acl d, aclexplode(d.defaclacl) a"
        ' WHERE d.defaclnamespace = 0 AND d.defaclobjtype = CAST(:code AS "char")'
        " AND pg_get_userbyid(d.defaclrole) = :owner"
        " AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = :guest)",
        code=objects.code,
        owner=owner.name,
        guest=guest.name,
    )
    return frozenset(str(row[0]) for row in rows)


def _apply(session: Session, owner: Role, guest: Role, objects: Objects, wanted: frozenset[str]) -> None:
    step = f"granting {guest.name} the {objects.plural.lower()} of {owner.name}"
    names = session.run(step, objects.owned, owner=owner.name)
    existing = ", ".join(str(row[0]) for row in names)
    future = f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(owner.name)} "
    privileges = ", ".join(sorted(wanted))
    grantee = quoted(guest.name)

    session.run(step, f"{future} REVOKE ALL ON {objects.plural} FROM {grantee}")
    if existing:
        session.run(step, f"REVOKE ALL ON {objects.singular} {existing} FROM {grantee}")
    if wanted:
        session.run(step, f"{future} GRANT {privileges} ON {objects.plural} TO {grantee}")
    if wanted and existing:
        session.run(step, f"GRANT {privileges} ON {objects.singular} {existing} TO {grantee}")
