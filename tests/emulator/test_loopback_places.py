"""Where servers of the emulator listen, who gets to which, and what a machine without 127/8 gets."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulator import inside
from emulator.addresses import Addresses, is_free
from emulator.inside import is_inside
from emulator.poolers.container import Told, Upstream
from emulator.poolers.starter import Starter
from emulator.postgres.certificates import Authority
from emulator.postgres.databases import Databases
from emulator.postgres.server import Credentials
from emulator.postgres.tls import TlsFront
from emulator.relays import Relays
from emulator.settings import HOST
from support.embedded_pool import PORT, SETTINGS

NO_ADDRESSES: tuple[str, ...] = ()


class Greeter:
    """Says its name to whoever connects, and notes how many did."""

    def __init__(self, name: bytes) -> None:
        self.name = name
        self._socket = socket.create_server((HOST, 0))
        self.place = self._socket.getsockname()

    def greet(self) -> None:
        """Serve one connection."""
        connection, _ = self._socket.accept()
        connection.sendall(self.name)
        connection.close()

    def close(self) -> None:
        """Refuse from now on."""
        self._socket.close()


@pytest.fixture
def traffic() -> list[str]:
    return []


@pytest.fixture
def relays(traffic: list[str]) -> Iterator[Relays]:
    relays = Relays(lambda: traffic.append("seen"))
    yield relays
    relays.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def heard(port: int) -> bytes:
    with socket.create_connection((HOST, port), timeout=10) as client:
        return client.recv(10)


def test_connections_go_to_the_targets_in_turn_and_past_one_that_refuses(relays: Relays) -> None:
    one, two, gone = (Greeter(name) for name in (b"one", b"two", b"gone"))
    gone.close()
    port = free_port()
    relays.ensure("door", HOST, port, lambda: [one.place, two.place])

    answers = []
    for greeter in (one, two):
        with socket.create_connection((HOST, port), timeout=10) as client:
            greeter.greet()
            answers.append(client.recv(10))
    assert answers == [b"one", b"two"]

    relays.ensure("other", HOST, other := free_port(), lambda: [gone.place, one.place])
    with socket.create_connection((HOST, other), timeout=10) as client:
        one.greet()
        assert client.recv(10) == b"one"


def test_without_a_target_the_connection_is_closed(relays: Relays) -> None:
    port = free_port()
    relays.ensure("door", HOST, port, lambda: [])

    assert heard(port) == b""


def test_a_port_that_is_taken_is_named(relays: Relays) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ValueError, match=f"can't listen on {HOST}:{port}"):
            relays.ensure("door", HOST, port, lambda: [])


def test_an_address_is_nobody_elses_and_free() -> None:
    addresses = Addresses()
    with ExitStack() as stack:
        taken = [addresses.own(PORT) for _ in range(20)]
        for address in taken:
            if address != HOST:
                stack.enter_context(socket.create_server((address, PORT)))

        assert addresses.own(PORT) not in set(taken) - {HOST}


def test_a_machine_without_other_addresses_shares_the_one_it_has() -> None:
    with socket.create_server((HOST, 0)) as taken:
        only_one = iter([HOST] * 20)

        assert Addresses(only_one).own(taken.getsockname()[1]) == HOST
        assert Addresses(iter(NO_ADDRESSES)).own() == HOST


@pytest.mark.database
def test_there_a_pooler_finds_the_database_at_whatever_port_it_has(tmp_path: Path) -> None:
    authority, shared = Authority(tmp_path), Addresses(iter(NO_ADDRESSES))
    front = TlsFront(authority.context(), lambda: None)
    databases = Databases(tmp_path, front, authority, shared)
    starter = Starter(tmp_path, None, authority, shared, databases)
    try:
        wanted = socket.create_server((HOST, 0))
        port = wanted.getsockname()[1]
        place = databases.ensure("arn", "18.1", Credentials("boss", "correct-horse", "orders"), port)
        assert place.address == HOST
        assert place.port != port, "somebody else has it"
        assert databases.port_at(HOST, port) == place.port
        assert databases.port_at("192.0.2.1", port) == port
    finally:
        wanted.close()
        starter.stop()
        databases.stop()


def test_a_pooler_that_has_to_move_is_told_so() -> None:
    told = Told({"POOL_SETTINGS": json.dumps(SETTINGS), "HOST_OF_ORDERS": HOST})

    moved = told.moved(7000, {alias: Upstream(HOST, 7001, "orders") for alias in told.upstreams})

    assert moved.port == 7000
    assert {one.port for one in moved.upstreams.values()} == {7001}
    assert moved.settings["pool_sizes"] == SETTINGS["pool_sizes"]
    assert "7000" not in repr(moved), "its environment holds secrets"


def test_only_programs_of_our_own_are_inside() -> None:
    talk = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); s.recv(1)"
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)) as ourselves:
            server.accept()[0].close()
            assert not is_inside(ourselves.getsockname()), "not started by this process, but this process"
        child = subprocess.Popen([sys.executable, "-c", talk, str(port)])
        connection, peer = server.accept()
        with connection:
            assert is_inside(peer) is Path("/proc/net/tcp").exists()
        child.wait()


def test_a_connection_of_the_same_port_that_is_over_does_not_hide_the_one_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, there = (
        f"{number}: 0100007F:B622 0100007F:11D6 {state} 0:0 0:0 0 0 0 {inode}"
        for number, state, inode in ((0, "06", 0), (1, "01", 4711))
    )
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text("\n".join(["header", over, there]))
    monkeypatch.setattr(inside, "_PROC", tmp_path)

    assert inside._inode(("127.0.0.1", 0xB622)) == "4711"


def test_who_is_missed_in_the_kernels_lists_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = iter([False, False, True])
    monkeypatch.setattr(inside, "_is_seen_inside", lambda _peer, _look: next(seen))

    assert inside.is_inside(("127.0.0.1", 1))


def test_a_program_of_our_own_is_found_where_the_lists_of_children_leave_it_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inside, "_children", lambda _thread: [])
    with socket.create_server((HOST, 0)) as server:
        talk = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); s.recv(10)"
        child = subprocess.Popen([sys.executable, "-c", talk, str(server.getsockname()[1])])
        connection, peer = server.accept()
        with connection:
            assert is_inside(peer) is Path("/proc/net/tcp").exists()
    child.wait()


def test_only_traffic_from_outside_keeps_an_emulator_alive(relays: Relays, traffic: list[str]) -> None:
    greeter, port = Greeter(b"hi"), free_port()
    relays.ensure("door", HOST, port, lambda: [greeter.place])
    talk = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); s.recv(10)"
    child = subprocess.Popen([sys.executable, "-c", talk, str(port)])
    greeter.greet()
    child.wait()
    assert not traffic or not Path("/proc/net/tcp").exists()

    with socket.create_connection((HOST, port), timeout=10) as client:
        greeter.greet()
        client.recv(10)
    assert traffic


def test_a_free_port_is_one_that_can_be_bound() -> None:
    with socket.create_server((HOST, 0)) as taken:
        assert not is_free(HOST, taken.getsockname()[1])
    assert is_free(HOST, 0)
