"""Starts programs of the machine, and says what went wrong without showing what they were given."""

import subprocess
from collections.abc import Mapping, Sequence

from host.failure import HostError

_LINES = 5


def run(
    command: Sequence[str],
    *,
    seconds: float,
    given: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run to the end.

    Args:
        command: Program and arguments: never a secret, since every process sees them.
        seconds: After so long it is ended.
        given: What it reads from its standard input, which may be secret.
        environment: Its whole environment; left out, ours.

    Returns:
        What it wrote to its standard output.

    Raises:
        HostError: it failed; with the end of what it complained about.
    """
    try:
        done = subprocess.run(
            list(command),
            input=given,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise HostError(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise HostError(f"{' '.join(command[:4])} took more than {seconds:g} s") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-_LINES:]
        raise HostError(f"{' '.join(command[:4])} failed: {' / '.join(said) or 'it said nothing'}")
    return done.stdout
