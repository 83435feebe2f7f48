"""One backup: pg_dump, encrypted, into S3, with a manifest of the very snapshot that was dumped."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import psycopg

from database import contents, log, programs
from database.connection import Connection, Session
from database.failure import JobError
from database.manifest import ID, Backups, Contents, Manifest, context
from database.programs import Program
from database.sealed import seal
from database.settings import Settings
from database.store import Store, Upload

LOCK_SECONDS = 300
CANCEL_SECONDS = 0.5
"""A table that a migration holds longer than this ends the dump: a waiting dump makes everybody else wait."""


def dump(settings: Settings) -> Manifest:
    """Make a backup.

    Raises:
        JobError: it failed; no object and no manifest is left.
    """
    connection, backups = settings.database, Backups(Store(settings.bucket), settings.name, settings.key)
    began = time.monotonic()
    with connection.open(autocommit=False) as session:
        server = session.info.server_version // 10000
        pg_dump, client = programs.find(settings.programs, "pg_dump", at_least=server)
        backup, snapshot = _snapshot(session, connection)
        arguments = ["--format=custom", f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_SECONDS}s"]
        if connection.every_tenant:
            arguments.append("--enable-row-security")
        with (
            backups.store.upload(backups.object_key(backup)) as upload,
            _counted(session, connection) as counting,
            programs.running(pg_dump, arguments, connection, reads=True) as program,
        ):
            plain = _stream(program, upload, settings, backup)
            # Before the object is completed: what can't be described is no backup.
            held = counting.result()
            session.rollback()
            # A policy that came after the first look has hidden rows from the dump and from the count alike.
            connection.see_all(session)
            parts = upload.complete()
        session.rollback()
    manifest = Manifest(
        id=backup,
        database=connection.database,
        client_major=client,
        key_name=settings.key.name,
        contents=held,
        size_bytes=upload.size,
        sha256=upload.digest.hexdigest(),
        plain_bytes=plain,
        parts=parts,
        seconds=round(time.monotonic() - began, 3),
    )
    backups.write(manifest)
    _say(settings, manifest)
    return manifest


def _snapshot(session: Session, connection: Connection) -> tuple[str, str]:
    """The id of the backup, which is the time of its snapshot, and the name of that at the server."""
    try:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        session.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'".encode())
        row = session.execute("SELECT pg_export_snapshot(), now() AT TIME ZONE 'UTC'").fetchone()
    except psycopg.Error as error:
        raise JobError(f"no snapshot of {connection.where}: {connection.redact(str(error))}") from None
    assert row is not None  # noqa: S101 - narrows the type
    return row[1].strftime(ID), row[0]


@contextmanager
def _counted(session: Session, connection: Connection) -> Iterator[Future[Contents]]:
    """Count beside the dump; a dump that fails does not wait for that."""
    with ThreadPoolExecutor(1) as beside:
        counting = beside.submit(_count, session, connection)
        try:
            yield counting
        except JobError:
            # Without a snapshot pg_dump fails too, and cannot say why.
            if counting.done() and (reason := counting.exception()):
                raise reason from None
            _give_up(session, counting)
            raise
        except BaseException:
            _give_up(session, counting)
            raise


def _give_up(session: Session, counting: Future[Contents]) -> None:
    """End the counting. A request to cancel between two of its queries is lost, so it is repeated."""
    while not counting.done():
        session.cancel_safe()
        wait([counting], timeout=CANCEL_SECONDS)


def _count(session: Session, connection: Connection) -> Contents:
    try:
        return contents.read(session)
    except psycopg.Error as error:
        raise JobError(f"counting {connection.where} failed: {connection.redact(str(error))}") from None


def _stream(program: Program, upload: Upload, settings: Settings, backup: str) -> int:
    plain = 0

    def read(size: int) -> bytes:
        nonlocal plain
        data = program.read(size)
        plain += len(data)
        return data

    for block in seal(read, settings.key.secret, context(backup)):
        upload.write(block)
    program.finish()
    return plain


def _say(settings: Settings, manifest: Manifest) -> None:
    log.info(
        "the backup is complete",
        id=manifest.id,
        bytes=manifest.size_bytes,
        seconds=manifest.seconds,
        tables=len(manifest.contents.tables),
        rows=manifest.contents.rows,
    )
    log.metrics(
        settings.name,
        {
            "DumpSucceeded": (1, "Count"),
            "DumpBytes": (manifest.size_bytes, "Bytes"),
            "DumpSeconds": (manifest.seconds, "Seconds"),
        },
    )
