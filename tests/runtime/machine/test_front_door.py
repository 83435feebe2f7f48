"""The door of a single host, as the real nginx opens it."""

import http.client
import socket
import ssl
from collections.abc import Iterator

import pytest

from host.failure import HostError
from host.health import await_health
from host.plan import Service
from support.host_machine import API, APP, Machine, Running


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with Running(tmp_path_factory.mktemp("door")) as one:
        for service in one.plan.of("rolling"):
            one.containers.start(service, "v1", "blue")
        await_health(one.plan.of("rolling"), "blue", one.plan.timing)
        yield one


def test_e3_nginx_accepts_the_configuration(machine: Machine) -> None:
    tried = machine.nginx.test()

    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_e3_tls_1_2_and_1_3_are_spoken(machine: Machine, version: ssl.TLSVersion) -> None:
    assert _shake_hands(machine, version)[0] == version.name.replace("_", ".")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_e3_older_tls_is_refused(machine: Machine, version: ssl.TLSVersion) -> None:
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        _shake_hands(machine, version)


def test_e3_the_ciphers_of_the_document_are_used(machine: Machine) -> None:
    _, cipher = _shake_hands(machine, ssl.TLSVersion.TLSv1_2)

    assert cipher == "ECDHE-ECDSA-AES128-GCM-SHA256"


def test_e3_other_ciphers_are_refused(machine: Machine) -> None:
    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        _shake_hands(machine, ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES256-GCM-SHA384")


def test_e3_browsers_are_told_to_stay_with_https(machine: Machine) -> None:
    assert _headers(machine)["Strict-Transport-Security"] == "max-age=63072000"


def test_e3_nginx_does_not_say_which_version_it_is(machine: Machine) -> None:
    assert _headers(machine)["Server"] == "nginx"


def test_e3_http_leads_to_https(machine: Machine) -> None:
    status, location = _plainly(machine, APP)

    assert (status, location) == (301, f"https://{APP}/page?x=1")


def test_e3_http_for_a_strange_name_is_not_answered(machine: Machine) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        _plainly(machine, "elsewhere.test")


def test_e3_a_strange_name_sees_no_certificate(machine: Machine) -> None:
    with pytest.raises(HostError, match="UNRECOGNIZED_NAME"):
        machine.visitor.get("elsewhere.test", "/")


def test_e3_requests_go_to_the_service_of_their_host(machine: Machine) -> None:
    assert machine.visitor.get(API, "/health/").text == "ok"
    assert "/assets/" in machine.visitor.get(APP, "/").text


def test_e3_query_strings_are_not_logged(machine: Machine) -> None:
    machine.visitor.get(APP, "/page?patient=Miller")

    log = (machine.folder / "access.log").read_text()
    assert "/page" in log
    assert "Miller" not in log


def test_e3_a_broken_upstream_file_leaves_the_door_as_it_was(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (machine.folder / "upstreams.conf").read_text()
    broken = (*machine.plan.services, Service(name="backend", kind="rolling", ports=(1, 2)))
    monkeypatch.setattr("host.plan.Plan.of", lambda *_: broken[:2] + broken[-1:])

    with pytest.raises(HostError, match="duplicate upstream"):
        machine.door.lead_to("green")

    assert (machine.folder / "upstreams.conf").read_text() == before


def _context(machine: Machine) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=machine.folder / "certificate.pem")
    return context


def _shake_hands(
    machine: Machine, version: ssl.TLSVersion, *, ciphers: str = "ALL:@SECLEVEL=0"
) -> tuple[str, str]:
    context = _context(machine)
    context.set_ciphers(ciphers)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = version
    with (
        socket.create_connection(("127.0.0.1", machine.port), timeout=5) as raw,
        context.wrap_socket(raw, server_hostname=API) as connection,
    ):
        cipher = connection.cipher()
        assert cipher is not None
        return str(connection.version()), cipher[0]


def _headers(machine: Machine) -> http.client.HTTPMessage:
    with socket.create_connection(("127.0.0.1", machine.port), timeout=5) as raw:
        connection = http.client.HTTPConnection(API)
        connection.sock = _context(machine).wrap_socket(raw, server_hostname=API)
        connection.request("GET", "/health/")
        return connection.getresponse().headers


def _plainly(machine: Machine, host: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", machine.http_port, timeout=5)
    connection.request("GET", "/page?x=1", headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.headers["Location"]
