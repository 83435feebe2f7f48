"""Secrets as files in memory: fetched at each start, gone with the power, never on a disk of ours."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from host.failure import HostError
from host.plan import Plan, SecretFile
from host.programs import run

DOOR_FILE = "front-door.json"
REGISTRY_FILE = "registry.json"
CERTIFICATE, KEY = "FRONT_DOOR_CERTIFICATE", "FRONT_DOOR_KEY"
_SECONDS = 30.0

Fetch = Callable[[str], str]
"""Gives the text of the secret of that name."""


def fetch_with_cli(region: str) -> Fetch:
    """Fetch with the AWS CLI, as the machine's own role. Values pass through a pipe, never a command line."""

    def fetch(name: str) -> str:
        command = ["aws", "secretsmanager", "get-secret-value", "--region", region, "--secret-id", name]
        return run([*command, "--query", "SecretString", "--output", "text"], seconds=_SECONDS).strip()

    return fetch


def write_secrets(plan: Plan, folder: Path, fetch: Fetch, *, mounts: Path = Path("/proc/mounts")) -> None:
    """Write every secret of the plan below ``folder``, readable for root alone.

    Raises:
        HostError: the folder is on a disk, a secret has no value, or a value does not fit into a line.
    """
    _require_memory(folder, mounts)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for wanted in plan.secrets:
        values = _values(wanted, fetch(wanted.secret))
        if wanted.file == DOOR_FILE:
            _write_tls(wanted, folder / "tls", values)
        if wanted.file.endswith(".json"):
            _write(folder / wanted.file, json.dumps(values))
        else:
            _write(folder / wanted.file, "".join(_line(wanted, *pair) for pair in values.items()))


def read_secret(folder: Path, file: str) -> dict[str, str]:
    """What ``write_secrets`` kept for this program itself: logins of the registry and of the smoke tests.

    Raises:
        HostError: nothing was written yet.
    """
    try:
        found: dict[str, str] = json.loads((folder / file).read_text())
    except (OSError, ValueError):
        raise HostError(f"{folder / file} is not there: run `host secrets` first") from None
    return found


def _write_tls(wanted: SecretFile, folder: Path, values: dict[str, str]) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for key, name in ((CERTIFICATE, "certificate.pem"), (KEY, "key.pem")):
        text = values.pop(key)
        if "-----BEGIN " not in text:
            raise HostError(
                f"{key} of secret {wanted.secret} must be in PEM form: fill it in, then start again"
            )
        _write(folder / name, text.rstrip("\n") + "\n")


def _values(wanted: SecretFile, text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        raise HostError(f"secret {wanted.secret} must be a JSON object: it is not") from None
    missing = [key for key in wanted.keys if key not in found]
    if missing:
        raise HostError(f"secret {wanted.secret} has no {', '.join(missing)}: fill it in, then start again")
    return {key: str(found[key]) for key in wanted.keys}


def _line(wanted: SecretFile, key: str, value: str) -> str:
    if "\n" in value:
        raise HostError(f"{key} of secret {wanted.secret} must be one line: it has several")
    return f"{key}={value}\n"


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def _require_memory(folder: Path, mounts: Path) -> None:
    kinds = {fields[1]: fields[2] for fields in map(str.split, mounts.read_text().splitlines())}
    above = [str(place) for place in (folder, *folder.parents) if str(place) in kinds]
    if kinds[above[0]] not in ("tmpfs", "ramfs"):
        raise HostError(
            f"{folder} must be in memory (tmpfs), since secrets go there: it is {kinds[above[0]]}"
        )
