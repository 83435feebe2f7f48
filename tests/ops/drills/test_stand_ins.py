"""What stands for AWS in a drill does what the thing it stands for does."""

import asyncio
import struct

from ops.drills.servers.balancer import CHECK_SECONDS, UNHEALTHY_AFTER, Balancer
from ops.drills.servers.name_server import TTL_SECONDS, answer
from ops.drills.servers.ports import HOST

ADDRESS, IPV6 = 1, 28


def question(name: str, kind: int = ADDRESS) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1)


def test_the_name_server_answers_with_the_address_and_the_life_of_an_rds_name() -> None:
    reply = answer(question("Database.Drill"), {"database.drill": "10.1.2.3"})

    number, flags, asked, answers, *_ = struct.unpack_from("!6H", reply)
    assert (number, asked, answers) == (7, 1, 1)
    assert flags & 0x8000
    assert flags & 0x000F == 0
    assert reply.endswith(struct.pack("!IH", TTL_SECONDS, 4) + bytes([10, 1, 2, 3]))


def test_a_name_without_an_ipv6_address_exists_all_the_same() -> None:
    reply = answer(question("database.drill", IPV6), {"database.drill": "10.1.2.3"})

    assert struct.unpack_from("!6H", reply)[1] & 0x000F == 0
    assert struct.unpack_from("!6H", reply)[3] == 0


def test_an_unknown_name_does_not_exist() -> None:
    reply = answer(question("elsewhere"), {"database.drill": "10.1.2.3"})

    assert struct.unpack_from("!6H", reply)[1] & 0x000F == 3


async def says(word: bytes) -> asyncio.Server:
    """A target that greets with its name and then repeats what it hears."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(word)
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    return await asyncio.start_server(serve, HOST, 0)


def port_of(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


async def greetings(balancer: Balancer, count: int) -> set[bytes]:
    found = set()
    for _ in range(count):
        reader, writer = await asyncio.open_connection(HOST, balancer.port)
        found.add(await reader.read(1))
        writer.close()
    return found


def test_the_balancer_spreads_connections_over_its_targets() -> None:
    async def check() -> None:
        one, two = await says(b"1"), await says(b"2")
        async with Balancer() as balancer:
            balancer.add(port_of(one))
            balancer.add(port_of(two))

            assert await greetings(balancer, 20) == {b"1", b"2"}

    asyncio.run(check())


def test_a_target_that_drains_keeps_its_connections_and_gets_no_new_ones() -> None:
    async def check() -> None:
        one, two = await says(b"1"), await says(b"2")
        async with Balancer() as balancer:
            balancer.add(port_of(one))
            reader, writer = await asyncio.open_connection(HOST, balancer.port)
            assert await reader.read(1) == b"1"
            balancer.add(port_of(two))
            balancer.drain(port_of(one))

            assert await greetings(balancer, 20) == {b"2"}
            writer.write(b"still here")
            assert await reader.read(100) == b"still here"
            writer.close()

    asyncio.run(check())


def test_a_target_that_does_not_answer_gets_no_connections_until_it_does() -> None:
    async def check() -> None:
        one, two = await says(b"1"), await says(b"2")
        async with Balancer() as balancer:
            balancer.add(port_of(one))
            balancer.add(port_of(two))
            one.close()
            await one.wait_closed()
            await asyncio.sleep(CHECK_SECONDS * (UNHEALTHY_AFTER + 2))

            assert await greetings(balancer, 20) == {b"2"}

    asyncio.run(check())
