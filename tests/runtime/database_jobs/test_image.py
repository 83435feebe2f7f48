"""The image of the jobs as its Dockerfile describes it, which nothing here can build."""

import re
import shlex
from pathlib import Path

from cambium.database_jobs import SHARED
from database.settings import PROGRAMS

IMAGE = Path(__file__).parents[3] / "runtime" / "database"
TEXT = (IMAGE / "Dockerfile").read_text()


def of(kind: str) -> list[list[str]]:
    """The arguments of the instructions of one kind."""
    lines = re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [words[1:] for words in map(shlex.split, filter(None, lines)) if words[0] == kind]


def test_it_has_the_programs_of_every_major_that_is_dumped() -> None:
    assert re.findall(r"postgresql-client-(\d+)", TEXT) == ["15", "16", "17", "18"]
    assert PROGRAMS == "/usr/lib/postgresql", "where Debian puts them"


def test_everything_it_copies_from_here_exists() -> None:
    sources = [source for words in of("COPY") if not words[0].startswith("--from") for source in words[:-1]]

    assert sources == ["database/requirements.txt", "database/*.py", "moving/*.py", *SHARED]
    assert all((IMAGE.parent / path).is_file() for path in SHARED)
    for package in (IMAGE, IMAGE.parent / "moving"):
        assert list(package.glob("*.py"))
        assert [path for path in package.rglob("*.py") if path.parent != package] == []


def test_it_starts_the_package_as_nobody_special() -> None:
    (user,), (entrypoint,) = of("USER"), of("ENTRYPOINT")

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user[0])
    assert "".join(entrypoint) == "[python,-m,database]"


def test_python_libraries_are_locked_and_those_that_are_tested() -> None:
    root = (IMAGE.parents[1] / "requirements.txt").read_text()
    pinned = re.findall(
        r"^(boto3|cryptography|psycopg)==(\S+)", (IMAGE / "requirements.txt").read_text(), re.M
    )

    assert {name for name, _ in pinned} == {"boto3", "cryptography", "psycopg"}
    assert all(f"{name}=={version}" in root for name, version in pinned)
    assert "--require-hashes --only-binary :all:" in TEXT


def test_passwords_are_written_to_memory_alone_and_servers_are_verified() -> None:
    (environment,) = of("ENV")

    assert {"TMPDIR=/dev/shm", "PGSSLMODE=verify-full"} <= set(environment)
