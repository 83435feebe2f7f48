"""What our Lambda functions are made of: a folder of ``runtime/``, and the layer ``make setup`` filled."""

from pathlib import Path

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

ROOT = Path(__file__).parents[2]
LAYER = ROOT / ".cambium" / "lambda-layer"
RUNTIME = lambda_.Runtime.PYTHON_3_13
ARCHITECTURE = lambda_.Architecture.ARM_64


def runtime_code(*packages: str) -> lambda_.Code:
    """The source of these packages of ``runtime/``, and nothing of their neighbours."""
    return lambda_.Code.from_asset(
        str(ROOT / "runtime"),
        exclude=[
            "*",
            *(line for package in packages for line in (f"!{package}", f"!{package}/**")),
            "**/__pycache__",
        ],
        ignore_mode=IgnoreMode.GIT,
    )


def libraries_layer(scope: Construct, construct_id: str) -> lambda_.LayerVersion:
    """The libraries of ``runtime/requirements.txt``: pure Python, so they run on any architecture.

    Raises:
        FileNotFoundError: ``make setup`` has not run.
    """
    if not (LAYER / "python").is_dir():
        raise FileNotFoundError(f"{LAYER} is missing: run `make setup`, which installs what the Lambdas ship")
    return lambda_.LayerVersion(
        scope,
        construct_id,
        code=lambda_.Code.from_asset(
            str(LAYER),
            exclude=["**/__pycache__", "**/RECORD", "**/INSTALLER", "bin"],
            ignore_mode=IgnoreMode.GIT,
        ),
        compatible_runtimes=[RUNTIME],
        description="Libraries of the Cambium functions",
    )
