"""What nginx is told at the door of a single host: TLS, names, and where requests go."""

from collections.abc import Mapping
from dataclasses import dataclass

CIPHERS = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
"""For TLS 1.2; those of TLS 1.3 are all sound. With AES-256 and ChaCha20 a browser has no more to gain."""
HSTS_SECONDS = 63072000
"""Two years, as browsers' preload lists ask for."""
SHUTDOWN_SECONDS = 30
"""After a reload, requests under way in the old processes have this long to end."""


@dataclass(frozen=True, kw_only=True)
class DoorPlaces:
    """Where the door finds and leaves things: in its container, unless a test says otherwise."""

    certificate: str = "/run/host/tls/certificate.pem"
    key: str = "/run/host/tls/key.pem"
    upstreams: str = "/data/host/upstreams.conf"
    scratch: str = "/tmp"  # noqa: S108 - the container's own
    access_log: str = "/dev/stdout"
    http_port: int = 80
    https_port: int = 443
    address: str = "0.0.0.0"  # noqa: S104 - the front door of a public product; its security group says who


def front_door_configuration(
    routes: Mapping[str, str],
    *,
    requests_per_second: int,
    largest_body_mib: int,
    places: DoorPlaces | None = None,
) -> str:
    """The whole configuration file.

    It includes the file that names the upstreams, which each release writes. Neither query strings, which may
    hold what a patient typed, nor bodies are logged.

    Args:
        routes: Host name to the rolling service that answers for it.
        requests_per_second: What one visitor may ask for, in the long run.
        largest_body_mib: What one request may bring.
        places: Where things are.
    """
    at = places or DoorPlaces()
    hosts = " ".join(routes)
    lines = [
        "worker_processes auto;",
        f"worker_shutdown_timeout {SHUTDOWN_SECONDS}s;",
        f"pid {at.scratch}/nginx.pid;",
        "error_log stderr warn;",
        "events { worker_connections 1024; }",
        "http {",
        *(f"    {kind}_temp_path {at.scratch}/{kind};" for kind in _TEMPORARY),
        "    log_format visits '$visitor \"$request_method $uri\" $status $body_bytes_sent $request_time';",
        f"    access_log {at.access_log} visits;",
        "    server_tokens off;",
        f"    client_max_body_size {largest_body_mib}m;",
        # Behind Cloudflare every connection comes from Cloudflare; it says who the visitor is.
        "    map $http_cf_connecting_ip $visitor {",
        "        default $http_cf_connecting_ip;",
        '        "" $remote_addr;',
        "    }",
        f"    limit_req_zone $visitor zone=visitors:10m rate={requests_per_second}r/s;",
        "    limit_req_status 429;",
        # For every server: nginx takes the versions from the first one, whatever name the visitor asks for.
        "    ssl_protocols TLSv1.2 TLSv1.3;",
        f"    ssl_ciphers {CIPHERS};",
        "    ssl_prefer_server_ciphers off;",
        "    ssl_session_cache shared:SSL:10m;",
        "    ssl_session_timeout 1d;",
        "    ssl_session_tickets off;",
        f'    add_header Strict-Transport-Security "max-age={HSTS_SECONDS}" always;',
        f"    include {at.upstreams};",
        "    server {",
        f"        listen {at.address}:{at.http_port} default_server;",
        "        return 444;",
        "    }",
        "    server {",
        f"        listen {at.address}:{at.http_port};",
        f"        server_name {hosts};",
        "        return 301 https://$host$request_uri;",
        "    }",
        "    server {",
        f"        listen {at.address}:{at.https_port} ssl http2 default_server;",
        "        ssl_reject_handshake on;",
        "    }",
    ]
    for host, service in routes.items():
        lines += _secure_server(host, service, requests_per_second, at)
    return "\n".join([*lines, "}", ""])


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _secure_server(host: str, service: str, requests_per_second: int, at: DoorPlaces) -> list[str]:
    return [
        "    server {",
        f"        listen {at.address}:{at.https_port} ssl http2;",
        f"        server_name {host};",
        f"        ssl_certificate {at.certificate};",
        f"        ssl_certificate_key {at.key};",
        f"        limit_req zone=visitors burst={requests_per_second * 5} nodelay;",
        "        location / {",
        f"            proxy_pass http://{service};",
        "            proxy_http_version 1.1;",
        '            proxy_set_header Connection "";',
        "            proxy_set_header Host $host;",
        "            proxy_set_header X-Real-IP $visitor;",
        "            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "            proxy_set_header X-Forwarded-Proto https;",
        "        }",
        "    }",
    ]
