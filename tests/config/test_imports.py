"""Tools that only read the configuration start fast and work without the CDK."""

import subprocess
import sys
import time

import pytest

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


@pytest.fixture(scope="module")
def run() -> tuple[str, float]:
    started = time.monotonic()
    found = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    return found.stdout.strip(), time.monotonic() - started


def test_the_model_never_imports_the_cdk(run: tuple[str, float]) -> None:
    assert run[0] == ""


def test_the_model_loads_fast(run: tuple[str, float]) -> None:
    # About 0.2 s on an idle core; importing aws_cdk alone takes two.
    assert run[1] < 2
