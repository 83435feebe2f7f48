"""systemd units of a single host, and what its CloudWatch agent reports."""

import json

_SERVICE = """[Unit]
Description={description}
{after}

[Service]
Type=oneshot
RemainAfterExit={remains}
ExecStart=/usr/local/sbin/host {command}
{restart}
"""
_RESTART = "Restart=on-failure\nRestartSec=30"


def units() -> dict[str, str]:
    """File name to text.

    Secrets first, then the services; both try again until they succeed, since a secret may not be filled in
    yet. A timer repairs a release that was cut off, and counts containers.
    """
    return {
        "host-secrets.service": _SERVICE.format(
            description="Secrets of the product, in memory",
            after="After=network-online.target\nWants=network-online.target",
            remains="yes",
            command="secrets",
            restart=_RESTART,
        ),
        "host.service": _SERVICE.format(
            description="The live release of the product",
            after="After=docker.service host-secrets.service\nRequires=docker.service host-secrets.service\n"
            "RequiresMountsFor=/data",
            remains="yes",
            command="start",
            restart=f"{_RESTART}\n\n[Install]\nWantedBy=multi-user.target",
        ),
        "host-watch.service": _SERVICE.format(
            description="Repairs a release that was cut off, and counts containers",
            after="After=host.service\nRequires=host.service",
            remains="no",
            command="watch",
            restart="",
        ),
        "host-watch.timer": "[Unit]\nDescription=Every minute\n\n[Timer]\nOnBootSec=2min\n"
        "OnUnitActiveSec=1min\n\n[Install]\nWantedBy=timers.target\n",
    }


def agent_file(*, namespace: str, system: str, log_group: str) -> str:
    """Configuration of the CloudWatch agent: memory, both disks, and the containers' logs.

    Metrics carry the product's name and not the machine's: alarms see no difference when it is replaced.
    """
    dimensions = {"append_dimensions": {"Host": system}}
    disk = {"measurement": ["used_percent"], "resources": ["/", "/data"], "drop_device": True, **dimensions}
    return (
        json.dumps(
            {
                "agent": {"metrics_collection_interval": 60, "omit_hostname": True},
                "metrics": {
                    "namespace": namespace,
                    "metrics_collected": {
                        "disk": {**disk, "ignore_file_system_types": ["overlay", "tmpfs", "devtmpfs"]},
                        "mem": {"measurement": ["used_percent"], **dimensions},
                    },
                },
                "logs": {
                    "logs_collected": {
                        "files": {
                            "collect_list": [
                                {
                                    "file_path": "/var/lib/docker/containers/*/*-json.log",
                                    "log_group_name": log_group,
                                    "log_stream_name": "{instance_id}",
                                    "publish_multi_logs": True,
                                }
                            ]
                        }
                    }
                },
            },
            indent=1,
        )
        + "\n"
    )
