"""Whether the port of the AWS API is free."""

import socket


class PortError(RuntimeError):
    """The port is taken."""


def require_free(host: str, port: int) -> None:
    """Fail unless the port can be bound.

    Raises:
        PortError: It can't.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortError(
                f"can't listen on {host}:{port} ({error.strerror}); stop what listens there, "
                "or choose another --port"
            ) from None
