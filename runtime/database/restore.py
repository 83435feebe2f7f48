"""The way back: into a new database, compared with the manifest, and only then under the old name."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import psycopg

from database import contents, programs
from database.compare import require_same
from database.connection import Connection
from database.failure import DamagedError, JobError, SettingsError
from database.fresh import Server, prepare
from database.key import BackupKey
from database.manifest import Backups, Contents, Manifest
from database.sealed import unseal
from database.settings import Settings
from database.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What was restored, and where it is now."""

    backup: str
    database: str
    kept_as: str | None
    """The name of the database that was there before; None where none was, or nothing was switched."""
    rows: int
    plain_bytes: int
    size_bytes: int
    restore_seconds: float
    verify_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a restoration is asked for."""

    backup: str = "latest"
    into: str | None = None
    """The name of the new database; left out, the database's own with the id of the backup."""
    switch: bool = False
    owner: str | None = None
    """Own everything by this role, where the roles of the backup are those of another server."""
    without_privileges: bool = False
    create_roles: bool = False
    """Make the roles of the backup that the server lacks, without a login; for a server of its own."""


def restore(settings: Settings, wish: Wish) -> Restoration:
    """Restore a backup.

    Raises:
        JobError: it failed; the new database is gone again, and no other was touched.
    """
    began = time.monotonic()
    backups = Backups(Store(settings.bucket), settings.name, settings.key)
    manifest = backups.find(wish.backup)
    connection, server = settings.database, Server(settings.database)
    new, kept = _names(wish, manifest, connection)
    pg_restore = _pg_restore(settings, manifest, server)
    _check_object(backups, manifest)
    if wish.switch and server.exists(kept):
        raise SettingsError(f"database {kept} is there already: it was restored before; drop or rename it")
    if wish.create_roles:
        server.create_roles(manifest.contents.roles)
    server.create(new, like=connection.database, encoding=manifest.contents.encoding)
    try:
        if wish.owner:
            prepare(connection.to(new), wish.owner)
        _fill(pg_restore, settings.key, backups, manifest, connection.to(new), wish)
        restored = time.monotonic()
        require_same(manifest.contents, look(connection.to(new)), new)
        _analyze(connection.to(new))
        verified = time.monotonic()
        replaced = server.exists(connection.database) and new != connection.database
        if wish.switch and new != connection.database:
            server.switch(new, to=connection.database, keep_as=kept)
    except BaseException:
        server.drop(new)
        raise
    ended = time.monotonic()
    return Restoration(
        backup=manifest.id,
        database=connection.database if wish.switch else new,
        kept_as=kept if wish.switch and replaced else None,
        rows=manifest.contents.rows,
        plain_bytes=manifest.plain_bytes,
        size_bytes=manifest.size_bytes,
        restore_seconds=round(restored - began, 3),
        verify_seconds=round(verified - restored, 3),
        seconds=round(ended - began, 3),
    )


def verify(settings: Settings, backup: str, database: str | None) -> Manifest:
    """Compare a database with a backup.

    Raises:
        DifferenceError: it holds something else.
    """
    manifest = Backups(Store(settings.bucket), settings.name, settings.key).find(backup)
    connection = settings.database.to(database) if database else settings.database
    require_same(manifest.contents, look(connection), connection.where)
    return manifest


def look(connection: Connection) -> Contents:
    """What a database holds now.

    Raises:
        JobError: it can't be read.
    """
    try:
        with connection.open(autocommit=False) as session:
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return contents.read(session)
    except psycopg.Error as error:
        raise JobError(f"counting {connection.where} failed: {connection.redact(str(error))}") from None


def _names(wish: Wish, manifest: Manifest, connection: Connection) -> tuple[str, str]:
    stamp = manifest.id.lower()
    return wish.into or f"{connection.database}_{stamp}", f"{connection.database}_before_{stamp}"


def _pg_restore(settings: Settings, manifest: Manifest, server: Server) -> str:
    major = server.version()
    if manifest.contents.major > major:
        raise SettingsError(
            f"backup {manifest.id} is of PostgreSQL {manifest.contents.server_version}, and {settings.host} "
            f"runs {major}: restore to {manifest.contents.major} or newer"
        )
    return programs.find(settings.programs, "pg_restore", at_least=max(major, manifest.client_major))[0]


def _check_object(backups: Backups, manifest: Manifest) -> None:
    size = backups.store.size(backups.object_key(manifest.id))
    if size != manifest.size_bytes:
        raise DamagedError(
            f"the object of backup {manifest.id} has {size} bytes instead of {manifest.size_bytes}: "
            "nothing was restored"
        )


def _fill(
    pg_restore: str,
    key: BackupKey,
    backups: Backups,
    manifest: Manifest,
    connection: Connection,
    wish: Wish,
) -> None:
    arguments = ["--format=custom", "--exit-on-error"]
    arguments += ["--no-owner", f"--role={wish.owner}"] if wish.owner else []
    arguments += ["--no-privileges"] if wish.without_privileges else []
    # Materialized views are filled last, when the policies of what they read are there.
    arguments += ["--enable-row-security"] if connection.every_tenant else []
    source = Source(backups.store.read(backups.object_key(manifest.id), manifest.size_bytes))
    with programs.running(pg_restore, arguments, connection, reads=False) as program:
        for block in unseal(source.read, key.secret, manifest.context):
            program.write(block)
        if source.digest.hexdigest() != manifest.sha256:
            raise DamagedError(f"the object of backup {manifest.id} is not that of its manifest")
        program.finish()


def _analyze(connection: Connection) -> None:
    """Give the planner its statistics, which are in no dump: without them the first queries take for ever."""
    with connection.open() as session:
        session.execute("ANALYZE")


class Source:
    """Turns pieces into exactly so many bytes as are asked for.

    Attributes:
        digest: SHA-256 of what was read.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._piece, self._at = pieces, b"", 0
        self.digest = sha256()

    def read(self, size: int) -> bytes:
        """Read so many bytes; fewer at the end."""
        found: list[memoryview] = []
        missing = size
        while missing:
            if self._at == len(self._piece):
                self._piece, self._at = next(self._pieces, b""), 0
                if not self._piece:
                    break
            part = memoryview(self._piece)[self._at : self._at + missing]
            found.append(part)
            self._at += len(part)
            missing -= len(part)
        data = b"".join(found)
        self.digest.update(data)
        return data
