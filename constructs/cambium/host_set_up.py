"""What makes an Amazon Linux 2023 machine the single host: programs, its disk, its files, its units."""

from aws_cdk import aws_ec2 as ec2

COMPOSE_VERSION = "2.40.3"
COMPOSE_SHA256 = "d26373b19e89160546d15407516cc59f453030d9bc5b43ba7faf16f7b4980137"
"""Of docker-compose-linux-aarch64. Amazon Linux has no package of it. Source: Docker's own image ``docker``,
whose Dockerfile names version and checksum."""
_PLUGINS = "/usr/local/lib/docker/cli-plugins"
_COMPOSE = (
    f"https://github.com/docker/compose/releases/download/v{COMPOSE_VERSION}/docker-compose-linux-aarch64"
)
_AGENT = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
_IMDS = "http://169.254.169.254/latest"


def host_set_up(*, region: str, volume_id: str, parameter_name: str) -> ec2.UserData:
    """A script that runs once. It waits for whatever is not there yet, and holds no secret.

    It takes the data volume as soon as the machine before this one has let go of it. A file system is made
    only where there is none at all: ``mkfs.xfs`` itself refuses anything else.
    """
    script = ec2.UserData.for_linux(shebang="#!/bin/bash\nset -euo pipefail")
    script.add_commands(
        "until dnf --assumeyes install docker python3.11 amazon-cloudwatch-agent; do sleep 5; done",
        f"mkdir -p {_PLUGINS} /opt/host",
        f"until curl --fail --silent --show-error --location --output {_PLUGINS}/docker-compose {_COMPOSE}; "
        "do sleep 5; done",
        f"echo '{COMPOSE_SHA256}  {_PLUGINS}/docker-compose' | sha256sum --check --strict",
        f"chmod 755 {_PLUGINS}/docker-compose",
        *_take_disk(region, volume_id),
        "cat >/usr/local/sbin/host-files <<'SCRIPT'",
        *_fetch_files(region, parameter_name),
        "SCRIPT",
        "cat >/usr/local/sbin/host <<'SCRIPT'",
        "#!/bin/bash",
        'exec env PYTHONPATH=/opt/host python3.11 -m host "$@"',
        "SCRIPT",
        "chmod 755 /usr/local/sbin/host /usr/local/sbin/host-files",
        "/usr/local/sbin/host-files",
        "systemctl enable --now docker",
        "systemctl enable --now host-watch.timer host.service --no-block",
    )
    return script


def _take_disk(region: str, volume_id: str) -> list[str]:
    return [
        f"token=$(curl -fsS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' {_IMDS}/api/token)",
        f'machine=$(curl -fsS -H "X-aws-ec2-metadata-token: $token" {_IMDS}/meta-data/instance-id)',
        f"volume={volume_id}",
        f'until aws ec2 attach-volume --region {region} --volume-id "$volume" --instance-id "$machine" '
        "--device /dev/sdf; do sleep 5; done",
        'disk="/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume/-/}"',
        'until [ -b "$disk" ]; do sleep 2; done',
        'blkid "$disk" || mkfs.xfs "$disk"',
        "mkdir -p /data",
        'echo "$disk /data xfs defaults,nofail 0 2" >>/etc/fstab',
        "mount /data",
        "mkdir -p /data/host /data/cache",
    ]


def _fetch_files(region: str, parameter_name: str) -> list[str]:
    return [
        "#!/bin/bash",
        "# Fetches what is to be delivered now, compares its checksum, and puts it into place.",
        "set -euo pipefail",
        f"told=$(aws ssm get-parameter --region {region} --name {parameter_name} "
        "--query Parameter.Value --output text)",
        'place="${told% *}" sum="${told#* }"',
        '[ "$(cat /opt/host/.sum 2>/dev/null || true)" = "$sum" ] && exit 0',
        "scratch=$(mktemp -d)",
        "trap 'rm -rf \"$scratch\"' EXIT",
        f'aws s3 cp --region {region} --quiet "$place" "$scratch/host.zip"',
        'echo "$sum  $scratch/host.zip" | sha256sum --check --quiet --strict',
        'python3.11 -m zipfile --extract "$scratch/host.zip" "$scratch/files"',
        # Into the folder that containers have mounted, file by file.
        'cp --recursive --no-target-directory --remove-destination "$scratch/files" /opt/host',
        "cp /opt/host/units/* /etc/systemd/system/",
        "systemctl daemon-reload",
        f"{_AGENT} -a fetch-config -m ec2 -c file:/opt/host/agent.json -s",
        'echo "$sum" >/opt/host/.sum',
    ]
