"""Waits until every new container answers that it is well."""

import http.client
import time
from collections.abc import Sequence

from host.failure import HostError
from host.plan import Service, Slot, Timing

_ANSWER_SECONDS = 5.0


def await_health(services: Sequence[Service], slot: Slot, timing: Timing) -> None:
    """Ask each service at its health path until it answers 200.

    Raises:
        HostError: one did not in time; with its last answer.
    """
    deadline = time.monotonic() + timing.health
    for service in services:
        answer, _ = ask(service, slot, service.health_path)
        while answer != "200":
            if time.monotonic() >= deadline:
                raise HostError(
                    f"{service.name} was not healthy within {timing.health:g} s: GET {service.health_path} "
                    f"on port {service.port(slot)} said {answer}"
                )
            time.sleep(timing.poll)
            answer, _ = ask(service, slot, service.health_path)


def ask(service: Service, slot: Slot, path: str) -> tuple[str, str]:
    """Ask the container of that slot itself, past the door.

    Returns:
        Status and text; in place of a status, words that say why there is none.
    """
    connection = http.client.HTTPConnection("127.0.0.1", service.port(slot), timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        return str(answer.status), answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"nothing ({type(error).__name__})", ""
    finally:
        connection.close()
