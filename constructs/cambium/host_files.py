"""What is delivered to a single host: one archive, whose checksum the machine compares."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_ssm as ssm
from constructs import Construct

PROGRAM = Path(__file__).parents[2] / "runtime" / "host"
_THE_SAME_DAY = (2020, 1, 1, 0, 0, 0)
"""Archives carry times; with one for all, the same files make the same archive."""


class HostFiles(Construct):
    """The archive in S3, and a parameter that says which one is current.

    The machine asks for the parameter at each boot and before each release, so what is delivered changes
    without a new machine.

    Attributes:
        parameter_name: Holds address and SHA-256 of the current archive.
        asset: The archive.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, parameter_name: str, files: Mapping[str, str]
    ) -> None:
        super().__init__(scope, construct_id)
        content = archive({**files, **_program()})
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.asset = assets.Asset(self, "Archive", path=str(self._write(content)))
        self.parameter_name = parameter_name
        ssm.StringParameter(
            self,
            "Current",
            parameter_name=parameter_name,
            description="The files of the host: address and SHA-256",
            string_value=f"{self.asset.s3_object_url} {self.sha256}",
        )

    def _write(self, content: bytes) -> Path:
        # Beside the assembly, which is where everything goes that synthesis makes.
        folder = Path(cdk.Stage.of(self).outdir)  # type: ignore[union-attr]  # an app is a stage
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"host-{self.sha256[:16]}.zip"
        path.write_bytes(content)
        return path


def archive(files: Mapping[str, str]) -> bytes:
    """A zip of the files, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _THE_SAME_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, files[name])
    return buffer.getvalue()


def _program() -> dict[str, str]:
    return {f"host/{path.name}": path.read_text() for path in PROGRAM.glob("*.py")}
