"""A name server for one name, whose address changes: stands for the DNS of RDS."""

import asyncio
import ipaddress
import struct
from collections.abc import Mapping
from typing import cast

PORT = 53
TTL_SECONDS = 5
"""As RDS has it for the names of databases."""
_HEADER = struct.Struct("!6H")
_ADDRESS = 1
_ANSWER, _AUTHORITATIVE, _UNKNOWN_NAME = 0x8000, 0x0400, 3


class NameServer(asyncio.DatagramProtocol):
    """Answers for the names it is given; ``addresses`` may be changed at any time."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.addresses = dict(addresses)
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, host: str) -> None:
        """Listen."""
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, local_addr=(host, PORT))

    def close(self) -> None:
        """Stop."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer; called by asyncio, whose own class is no DatagramTransport in 3.11."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question; called by asyncio."""
        if self._transport and len(data) > _HEADER.size:
            self._transport.sendto(answer(data, self.addresses), addr)


def answer(question: bytes, addresses: Mapping[str, str]) -> bytes:
    """The answer to a DNS message with one question: its address, nothing, or that there is no such name."""
    number, flags, *_ = _HEADER.unpack_from(question)
    labels, end = [], _HEADER.size
    while question[end]:
        labels.append(question[end + 1 : end + 1 + question[end]].decode("ascii", "replace"))
        end += 1 + question[end]
    (kind,) = struct.unpack_from("!H", question, end + 1)
    asked = question[_HEADER.size : end + 5]
    address = addresses.get(".".join(labels).lower())
    record = b""
    if address and kind == _ADDRESS:
        # A pointer to the name in the question, then type, class, time to live and the four bytes.
        packed = ipaddress.IPv4Address(address).packed
        record = struct.pack("!3HIH", 0xC00C, _ADDRESS, 1, TTL_SECONDS, len(packed)) + packed
    code = 0 if address else _UNKNOWN_NAME
    # The client's wish for recursion is repeated, as every server does.
    head = _HEADER.pack(
        number, _ANSWER | _AUTHORITATIVE | (flags & 0x0100) | code, 1, 1 if record else 0, 0, 0
    )
    return head + asked + record
