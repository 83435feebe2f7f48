"""The CDK app: ``cdk synth -c system=restartix -c env=production``."""

import sys

from config.values import ConfigError
from stacks.app import app_from_context

try:
    app_from_context().synth()
except ConfigError as error:
    sys.exit(f"cambium: {error}")
