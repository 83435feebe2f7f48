"""Where the files of one run are: in a private folder that goes when PgBouncer has ended."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files of one run are."""

    folder: Path

    @property
    def configuration(self) -> Path:
        """What PgBouncer is started with."""
        return self.folder / "pgbouncer.ini"

    @property
    def users(self) -> Path:
        """Names and verifiers."""
        return self.folder / "userlist.txt"

    @property
    def key(self) -> Path:
        """Private key of the certificate clients see."""
        return self.folder / "server.key"

    @property
    def certificate(self) -> Path:
        """The certificate clients see."""
        return self.folder / "server.crt"
