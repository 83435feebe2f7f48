"""The manifest of a backup: what is in it, written last. Without one, an object is no backup."""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from database.failure import DamagedError, SettingsError
from database.key import BackupKey
from database.store import Store

FORMAT = 1
ID = "%Y%m%dT%H%M%SZ"
OBJECT, MANIFEST = "database.dump.enc", "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What one table held."""

    rows: int
    newest: Mapping[str, str | None]
    """The greatest value of each column with a point in time, in ISO 8601; None in an empty one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a database holds, in one snapshot."""

    server_version: str
    encoding: str
    database_bytes: int
    """On the server's disk, indexes included."""
    columns: str
    """SHA-256 of every table's columns and types."""
    definitions: str
    """SHA-256 of constraints, indexes, views, routines, triggers and policies, as this major words them."""
    extensions: Mapping[str, str]
    roles: Sequence[str]
    """Of the whole server: who may own something, or be named by a policy or a grant."""
    tables: Mapping[str, Table]

    @property
    def major(self) -> int:
        """The major version of the server."""
        return int(self.server_version.split(".")[0])

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup."""

    id: str
    """The time of its snapshot in UTC, such as 20261128T020003Z: ids sort as time."""
    database: str
    client_major: int
    """Of the pg_dump that wrote it; an older pg_restore cannot read it."""
    key_name: str
    contents: Contents
    size_bytes: int
    """Of the encrypted object."""
    sha256: str
    plain_bytes: int
    parts: int
    seconds: float

    def text(self, key: BackupKey) -> str:
        """The manifest as it is kept, sealed with the key."""
        body = {"format": FORMAT, **asdict(self)}
        return json.dumps({**body, "seal": key.seal(_canonical(body))}, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_text(cls, text: bytes, key: BackupKey, where: str) -> "Manifest":
        """Read a manifest.

        Raises:
            DamagedError: it belongs to another key, was changed, or is none.
        """
        try:
            body: dict[str, Any] = json.loads(text)
            seal, number = body.pop("seal"), body.pop("format")
            contents = body.pop("contents")
            tables = {name: Table(**table) for name, table in contents.pop("tables").items()}
            read = cls(**body, contents=Contents(**contents, tables=tables))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DamagedError(f"{where} is no manifest of a backup") from None
        if number != FORMAT:
            raise DamagedError(f"{where} is of format {number}, and this program reads {FORMAT}")
        if read.key_name != key.name:
            raise DamagedError(
                f"{where} was made with key {read.key_name}, and BACKUP_ENCRYPTION_KEY is {key.name}: "
                "use the key of that time"
            )
        sealed = {"format": number, **body, "contents": {**contents, "tables": _plain(tables)}}
        if not hmac.compare_digest(seal, key.seal(_canonical(sealed))):
            raise DamagedError(f"{where} was changed after it was written")
        return read

    @property
    def context(self) -> bytes:
        """Binds the object to this backup, so that none can stand in for another."""
        return context(self.id)

    @property
    def taken(self) -> datetime:
        """The time of the snapshot."""
        return datetime.strptime(self.id, ID).replace(tzinfo=UTC)


def context(backup: str) -> bytes:
    """What the object of a backup is bound to."""
    return f"cambium database backup {backup}".encode()


class Backups:
    """The backups under one name in a bucket."""

    def __init__(self, store: Store, name: str, key: BackupKey) -> None:
        self.store, self._name, self._key = store, name, key

    def object_key(self, backup: str) -> str:
        """Where the dump of a backup is."""
        return f"{self._name}/{backup}/{OBJECT}"

    def write(self, manifest: Manifest) -> None:
        """Make it a backup."""
        self.store.put(self._manifest_key(manifest.id), manifest.text(self._key).encode())

    def ids(self) -> list[str]:
        """Ids of complete backups, newest first."""
        return sorted(self._ids(), reverse=True)

    def find(self, backup: str) -> Manifest:
        """One backup; ``latest`` is the newest.

        Raises:
            SettingsError: there is none.
            DamagedError: its manifest is damaged, or of another key.
        """
        known = self.ids()
        chosen = known[0] if backup == "latest" and known else backup
        if chosen not in known:
            newest = f"the newest of {len(known)} is {known[0]}" if known else "there is none at all"
            raise SettingsError(
                f"--backup must name a backup below s3://{self.store.bucket}/{self._name}/, got {backup!r}: "
                f"{newest}"
            )
        key = self._manifest_key(chosen)
        manifest = Manifest.from_text(self.store.get(key), self._key, f"s3://{self.store.bucket}/{key}")
        if manifest.id != chosen:
            raise DamagedError(f"the manifest below {chosen} is that of {manifest.id}")
        return manifest

    def _manifest_key(self, backup: str) -> str:
        return f"{self._name}/{backup}/{MANIFEST}"

    def _ids(self) -> Iterator[str]:
        for key in self.store.keys(f"{self._name}/"):
            *above, backup, leaf = key.split("/")
            if leaf == MANIFEST and "/".join(above) == self._name:
                yield backup


def _plain(tables: Mapping[str, Table]) -> dict[str, Any]:
    return {name: asdict(table) for name, table in tables.items()}


def _canonical(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
