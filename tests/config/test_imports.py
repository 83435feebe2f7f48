"""Tools that only read the configuration work without the CDK, and so start fast."""

import subprocess
import sys

SLOW = ("aws_cdk", "jsii", "boto3", "constructs", "stacks")

PROGRAM = f"""
import sys
from config.catalog import load_system, system_names
for name in system_names():
    system = load_system(name)
    for environment in system.environments:
        system.resolve(environment.name)
print(*[name for name in {SLOW} if name in sys.modules])
"""


def test_the_model_never_imports_the_cdk() -> None:
    found = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == ""
