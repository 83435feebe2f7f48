"""The image of the pool as its Dockerfile describes it, which nothing here can build."""

import re
import shlex
from pathlib import Path

import pytest

from pgbouncer.__main__ import PROGRAM
from pgbouncer.settings import CA_FILE

IMAGE = Path(__file__).parents[3] / "runtime" / "pgbouncer"
RELEASE = "1.26.1"
CHECKSUM = "00886a2994b4844cd37110970df777772cfc42a74c400522c82fba509a3f42d9"


def instructions() -> list[list[str]]:
    """Return the words of each instruction."""
    text = (IMAGE / "Dockerfile").read_text()
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line]


def of(kind: str) -> list[list[str]]:
    """Return the arguments of the instructions of one kind."""
    return [words[1:] for words in instructions() if words[0] == kind]


def test_everything_it_copies_from_here_exists() -> None:
    sources = [source for words in of("COPY") if "--from=build" not in words for source in words[:-1]]

    assert sources == ["requirements.txt", "*.py"]
    assert all(list(IMAGE.glob(source)) for source in sources)


def test_the_package_has_no_folders_that_it_would_leave_behind() -> None:
    assert [path for path in IMAGE.rglob("*.py") if path.parent != IMAGE] == []


def test_pgbouncer_is_the_release_whose_checksum_two_parties_name() -> None:
    (words,) = [words for words in of("ADD") if "pgbouncer" in words[1]]

    assert words[0] == f"--checksum=sha256:{CHECKSUM}"
    assert words[1] == (f"https://www.pgbouncer.org/downloads/files/{RELEASE}/pgbouncer-{RELEASE}.tar.gz")


def test_the_program_and_the_authorities_are_where_the_package_looks() -> None:
    copied = [words[-1] for words in of("COPY")]
    (bundle,) = [words for words in of("ADD") if "truststore" in words[1]]

    assert PROGRAM in copied
    assert bundle[-1] == CA_FILE
    assert "--chmod=0444" in bundle  # what ADD downloads is otherwise for root alone


def test_it_starts_the_package_as_nobody_special() -> None:
    (user,), (entrypoint,) = of("USER"), of("ENTRYPOINT")

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user[0])
    assert "".join(entrypoint) == "[python,-m,pgbouncer]"
    assert instructions()[-1][0] == "ENTRYPOINT"


def test_nothing_it_builds_on_is_called_latest() -> None:
    bases = [words[0] for words in of("FROM")]

    assert set(bases) == {"python:3.13-slim-trixie"}


def test_python_libraries_are_the_ones_that_were_locked() -> None:
    (install,) = [" ".join(words) for words in of("RUN") if "pip install" in " ".join(words)]

    assert "--require-hashes --only-binary :all:" in install


@pytest.mark.parametrize("requirement", ["pg8000", "scramp"])
def test_python_libraries_are_the_releases_that_are_tested(requirement: str) -> None:
    ours, lambdas = (
        re.findall(rf"^{requirement}==\S+", path.read_text(), re.MULTILINE)
        for path in (IMAGE / "requirements.txt", IMAGE.parent / "requirements.txt")
    )

    assert len(ours) == 1
    assert ours == lambdas


def test_its_temporary_files_are_in_memory() -> None:
    (environment,) = of("ENV")

    assert "TMPDIR=/dev/shm" in environment
