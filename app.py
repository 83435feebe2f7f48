"""The CDK app: ``cdk synth -c system=restartix -c env=production``.

``cdk.json`` starts it with ``-O``, which leaves out ``assert`` and the type checks that jsii generates in
Python. Nothing is accepted for that: ours assert only for the type checker, mypy finds a wrong type before
anything runs, and jsii refuses it by name where it arrives. Tests run without ``-O``.
"""

import sys

from stacks.garbage import leave_garbage

leave_garbage()

from config.values import ConfigError  # noqa: E402
from stacks.app import app_from_context  # noqa: E402

try:
    app_from_context().synth()
except ConfigError as error:
    sys.exit(f"cambium: {error}")
