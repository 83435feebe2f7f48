"""What the roles may do, proved by logging in as them to PostgreSQL 15, 16 and 18."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg import errors

from connection_secrets import connection, roles_handler, urls_handler
from connection_secrets.failure import ActionableError
from emulator.connections import Listener
from emulator.testing import free_port
from runtime.support import SENTINEL, Database, lambda_context

pytestmark = pytest.mark.database

ORDERS = """
    CREATE TABLE orders (id bigserial PRIMARY KEY, tenant text NOT NULL);
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON orders USING (tenant = current_setting('app.tenant', true));
    INSERT INTO orders (tenant) VALUES ('red'), ('blue');
"""


@pytest.fixture
def migrated(database: Database) -> Database:
    """A database whose owner has created a table after the roles were there."""
    database.provision()
    with database.connect("owner") as owner:
        owner.execute(ORDERS)
    return database


def test_application_logs_in_over_the_composed_url_and_works_on_later_tables(
    migrated: Database,
) -> None:
    target = migrated.vault.add()
    entry = {
        "Kind": "postgres",
        "SecretArn": migrated.secrets["application"],
        "Host": "localhost",
        "Port": str(migrated.instance.port),
        "Database": migrated.name,
        "Options": {
            "sslmode": "verify-full",
            "sslrootcert": str(migrated.instance.ca_file),
        },
    }
    properties = {"TargetSecretArn": target, "Urls": {"DATABASE_URL": entry}}
    urls_handler.on_event({"RequestType": "Create", "ResourceProperties": properties}, lambda_context())

    with psycopg.connect(migrated.vault.get(target)["DATABASE_URL"]) as application:
        application.execute("SET LOCAL app.tenant = 'red'")
        application.execute("INSERT INTO orders (tenant) VALUES ('red')")
        application.execute("UPDATE orders SET tenant = 'red'")
        assert application.execute("SELECT count(*) FROM orders").fetchone() == (2,)
        application.execute("DELETE FROM orders")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "TRUNCATE orders",
        "SELECT * FROM pg_authid",
    ],
)
def test_application_is_refused_what_only_others_may(migrated: Database, statement: str) -> None:
    with (
        migrated.connect("application") as application,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        application.execute(statement)


def test_application_cannot_become_or_read_as_another_role(migrated: Database) -> None:
    with migrated.connect("application") as application:
        for other in ("owner", "readonly", "admin"):
            with pytest.raises(errors.InsufficientPrivilege):
                application.execute(f"SET ROLE {migrated.role(other)}")
        with pytest.raises(errors.InsufficientPrivilege):
            application.execute("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")


@pytest.mark.parametrize("kind", ["application", "readonly"])
def test_row_level_security_holds(migrated: Database, kind: str) -> None:
    with migrated.connect(kind) as guest:
        assert guest.execute("SELECT count(*) FROM orders").fetchone() == (0,)
        guest.execute("SET app.tenant = 'blue'")
        assert guest.execute("SELECT tenant FROM orders").fetchall() == [("blue",)]
        guest.execute("SET row_security = off")
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            guest.execute("SELECT * FROM orders")


def test_readonly_writes_nothing(migrated: Database) -> None:
    with migrated.connect("owner") as owner:
        owner.execute(
            "CREATE FUNCTION wipe() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM orders'"
        )
    attempts = [
        "INSERT INTO orders (tenant) VALUES ('red')",
        "UPDATE orders SET tenant = 'red'",
        "DELETE FROM orders",
        "SELECT nextval('orders_id_seq')",
        "SELECT wipe()",
        "CREATE TABLE mine (id int)",
    ]
    with migrated.connect("readonly") as reader:
        for attempt in attempts:
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute(attempt)


def test_owner_migrates_schemas_functions_and_extensions_included(migrated: Database) -> None:
    with migrated.connect("owner") as owner:
        owner.execute("ALTER TABLE orders ADD COLUMN note text")
        owner.execute("CREATE SCHEMA archive CREATE TABLE old_orders (id int)")
        owner.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with migrated.connect("application") as application:
        application.execute("INSERT INTO archive.old_orders VALUES (1)")
        assert application.execute("SELECT one()").fetchone() == (1,)


def test_public_can_neither_connect_nor_create(database: Database) -> None:
    with database.as_superuser() as superuser:
        superuser.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")  # as before PostgreSQL 15
    database.provision()
    stranger = f"stranger_{database.name}"
    with database.as_superuser() as superuser:
        superuser.execute(f"CREATE ROLE {stranger} LOGIN PASSWORD 'stranger'")
        privileges = superuser.execute(
            "SELECT has_database_privilege('public', current_database(), 'CONNECT, TEMPORARY'),"
            " has_schema_privilege('public', 'public', 'CREATE')"
        ).fetchone()

    assert privileges == (False, False)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        database.connect("owner", user=stranger, password="stranger")


def test_running_twice_changes_nothing(migrated: Database) -> None:
    before = _catalogs(migrated)

    first, second = migrated.provision(), migrated.provision(Version="2")

    assert _catalogs(migrated) == before
    assert first == second
    assert first["PhysicalResourceId"] == (
        f"database-roles:localhost:{migrated.instance.port}/{migrated.name}"
    )


def test_running_again_respects_what_a_migration_took_away(migrated: Database) -> None:
    with migrated.connect("owner") as owner:
        owner.execute(f"REVOKE UPDATE, DELETE ON orders FROM {migrated.role('application')}")

    migrated.provision()

    with (
        migrated.connect("application") as application,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        application.execute("DELETE FROM orders")


def test_a_role_added_later_reaches_the_tables_there_are(database: Database) -> None:
    everyone = database.properties["Roles"]
    database.provision(Roles=everyone[:1])
    with database.connect("owner") as owner:
        owner.execute(ORDERS)
        owner.execute("CREATE FUNCTION one(int) RETURNS int LANGUAGE sql AS 'SELECT 1'")

    database.provision(Roles=everyone)

    with database.connect("application") as application:
        application.execute("SET app.tenant = 'red'")
        application.execute("INSERT INTO orders (tenant) SELECT 'red' FROM one(1)")
        assert application.execute("SELECT count(*) FROM orders").fetchone() == (2,)


def test_an_application_made_readonly_loses_what_it_had(migrated: Database) -> None:
    owner, application, _ = migrated.properties["Roles"]

    migrated.provision(Roles=[owner, application | {"Kind": "readonly"}])

    with migrated.connect("application") as reader:
        reader.execute("SELECT * FROM orders")
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute("DELETE FROM orders")


def test_a_changed_password_changes_the_login(migrated: Database) -> None:
    name = migrated.role("application")
    old = f"application {SENTINEL}"
    migrated.vault.put(migrated.secrets["application"], {"username": name, "password": "rotated"})

    migrated.provision(Version="2")

    migrated.connect("application").close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        migrated.connect("application", password=old)


def test_the_server_stores_and_logs_verifiers_only(migrated: Database) -> None:
    with migrated.as_superuser() as superuser:
        stored = superuser.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", [migrated.role("owner")]
        ).fetchone()

    log = migrated.instance.server.log.read_text()
    assert stored is not None
    assert stored[0].startswith("SCRAM-SHA-256$4096:")
    assert f'ALTER ROLE "{migrated.role("owner")}" LOGIN PASSWORD' in log
    assert f"owner {SENTINEL}" not in log.replace("''", "'")


def test_a_role_may_be_called_like_a_keyword(database: Database) -> None:
    owner, application, _ = database.properties["Roles"]
    database.vault.put(database.secrets["application"], {"username": "order", "password": "x"})

    database.provision(Roles=[owner, application | {"Name": "order"}])

    database.connect("application").close()


def test_waits_for_a_database_that_is_still_starting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_PAUSE_SECONDS", 0.05)
    instance, port = database.instance, free_port()

    def open_later() -> Listener:
        time.sleep(0.3)
        return instance.front.open(instance.server.socket, port)

    with ThreadPoolExecutor() as threads:
        opening = threads.submit(open_later)
        database.provision(Port=str(port))

    instance.front.close(opening.result())
    database.connect("application").close()


def test_gives_up_waiting_in_time_to_say_where_nothing_answers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_PAUSE_SECONDS", 0.05)
    port = free_port()
    event = {
        "RequestType": "Create",
        "ResourceProperties": database.properties | {"Port": str(port)},
    }

    with pytest.raises(ActionableError, match=f"localhost:{port}/.* accepted no connection"):
        roles_handler.on_event(event, lambda_context(seconds=30.3))


@pytest.mark.parametrize("power", ["BYPASSRLS", "CREATEDB"])
def test_refuses_an_application_role_with_powers_of_its_own(migrated: Database, power: str) -> None:
    with migrated.as_superuser() as superuser:
        superuser.execute(f"ALTER ROLE {migrated.role('application')} {power}")

    with pytest.raises(ActionableError, match="take that away first"):
        migrated.provision()


def test_refuses_an_application_role_that_is_a_member_of_the_owner(migrated: Database) -> None:
    with migrated.as_superuser() as superuser:
        superuser.execute(f"GRANT {migrated.role('owner')} TO {migrated.role('application')}")

    with pytest.raises(ActionableError, match="is a member of"):
        migrated.provision()


def test_refuses_a_database_the_master_does_not_own(database: Database) -> None:
    with database.as_superuser() as superuser:
        superuser.execute(f"ALTER DATABASE {database.name} OWNER TO rdsadmin")
        superuser.execute(f"ALTER SCHEMA public OWNER TO {database.role('admin')}")
        superuser.execute(f"GRANT CREATE ON DATABASE {database.name} TO {database.role('admin')}")

    with pytest.raises(ActionableError, match="the master user must own the database"):
        database.provision()


def test_refuses_to_take_the_password_of_the_master_away(database: Database) -> None:
    master = database.role("admin")
    roles = [{"Name": master, "SecretArn": database.secrets["master"], "Kind": "owner"}]

    with pytest.raises(ActionableError, match="must not name the master"):
        database.provision(Roles=roles)


def test_deleting_leaves_the_logins(migrated: Database) -> None:
    event = {"RequestType": "Delete", "PhysicalResourceId": "database-roles:x"}

    answer = roles_handler.on_event(event, lambda_context())

    assert answer == {"PhysicalResourceId": "database-roles:x"}
    migrated.connect("application").close()


def _catalogs(database: Database) -> list[Any]:
    """Return all that says who may what on the server and in the database, in a fixed order."""
    queries = [
        "SELECT rolname, rolpassword, rolcanlogin, rolsuper, rolbypassrls FROM pg_authid",
        # Not column by column: 16 has more of them.
        "SELECT to_jsonb(m) - 'oid' FROM pg_auth_members m",
        "SELECT datname, a.grantee, a.privilege_type FROM pg_database, aclexplode(datacl) a",
        "SELECT nspname, nspowner, a.grantee, a.privilege_type FROM pg_namespace, aclexplode(nspacl) a",
        "SELECT oid::regclass::text, a.grantee, a.privilege_type FROM pg_class, aclexplode(relacl) a",
        "SELECT defaclrole, defaclobjtype, a.grantee, a.privilege_type"
        " FROM pg_default_acl, aclexplode(defaclacl) a",
        "SELECT setrole, setconfig::text FROM pg_db_role_setting",
    ]
    with database.as_superuser() as superuser:
        return [sorted(superuser.execute(query).fetchall(), key=str) for query in queries]
