"""What makes an Amazon Linux 2023 machine pass on packets, on its first boot and every later one."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2

SWAP_MIB = 1024
"""dnf takes more than the 512 MiB of a nano, and the kernel ends it:
https://github.com/amazonlinux/amazon-linux-2023/issues/404."""

_FORWARDING = "/etc/sysctl.d/90-nat.conf"
_RULES = "/etc/sysconfig/iptables"


def nat_set_up(private_cidrs: Sequence[str]) -> ec2.UserData:
    """A script that runs once and leaves behind what later boots need: swap, forwarding, rules, a service.

    It waits for the way out, since a machine boots before it is given its address. What it writes to is read
    again by ``systemd`` after every reboot.
    """
    script = ec2.UserData.for_linux(shebang="#!/bin/bash\nset -euo pipefail")
    script.add_commands(
        f"dd if=/dev/zero of=/swapfile bs=1M count={SWAP_MIB} status=none",
        "chmod 600 /swapfile",
        "mkswap /swapfile",
        "swapon /swapfile",
        "echo '/swapfile none swap defaults 0 0' >>/etc/fstab",
        f"echo 'net.ipv4.ip_forward = 1' >{_FORWARDING}",
        f"sysctl -p {_FORWARDING}",
        "until dnf --assumeyes --setopt=install_weak_deps=False install iptables-services; do sleep 5; done",
        f"cat >{_RULES} <<'RULES'",
        *_rules(private_cidrs),
        "RULES",
        "systemctl enable --now iptables",
    )
    return script


def _rules(private_cidrs: Sequence[str]) -> list[str]:
    """Rewrite the sender of what private subnets send; the security group says what may pass."""
    return [
        "*nat",
        *(f"-A POSTROUTING -s {cidr} -j MASQUERADE" for cidr in private_cidrs),
        "COMMIT",
        "*filter",
        ":FORWARD ACCEPT [0:0]",
        "COMMIT",
    ]
