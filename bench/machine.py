"""What the numbers were made on: enough to judge them, and nothing that tells whose machine it was."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from ops.workspace import Workspace

PACKAGES = ("aws-cdk-lib", "constructs", "cdk-nag", "jsii")


def facts(workspace: Workspace) -> dict[str, str]:
    """Machine and versions, by name."""
    node = subprocess.run(
        (str(workspace.bin / "node"), "--version"), check=True, capture_output=True, text=True
    ).stdout
    busy, *_ = os.getloadavg()
    return {
        "Processor": f"{os.cpu_count()} cores, {_processor()}",
        "System": f"{platform.system()} {platform.machine()}",
        "Load before the first run": f"{busy:.1f} programs wanted a core",
        "Python": platform.python_version(),
        "Node.js": node.strip().removeprefix("v"),
        **{package: version(package) for package in PACKAGES},
    }


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "of an unknown kind"
