"""Ports nobody answers on.

A server left over from a crashed run once answered in place of the one under test, and every figure was
wrong. So a port is tried before a server is started on it, and whoever starts one asks it who it is.
"""

import socket

HOST = "127.0.0.1"


class PortTakenError(RuntimeError):
    """Somebody else listens where a server of ours was to start."""


def free_port(host: str = HOST) -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(port: int, host: str = HOST) -> None:
    """Make sure that nobody listens.

    Raises:
        PortTakenError: somebody does; with the port, so that it can be looked up.
    """
    with socket.socket() as probe:
        # As the servers do: a connection that was closed a moment ago is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTakenError(
                f"{host}:{port} is taken by another program; look for it with: ss -ltnp 'sport = :{port}'"
            ) from None
