"""A17: what ``cambium up`` compares is as described, before there are tenants and with one."""

import runpy

import pytest

from config.system import System
from ops import reachability
from ops.assembly import manifest
from ops.embedded.aws import Places
from ops.verify.verification import verify
from support.assembly import Assembly
from support.embedded_tenants import NEW, Region
from support.synthesis import TENANTED

CLINIC: System = runpy.run_path(str(TENANTED / "clinic.py"))["SYSTEM"]


def test_a17_the_templates_open_what_the_table_says(
    tenanted: Assembly, tenanted_on_app_runner: Assembly
) -> None:
    for assembly, platform in ((tenanted, None), (tenanted_on_app_runner, "app-runner")):
        deployment = CLINIC.resolve("production", platform=platform)  # type: ignore[arg-type]
        assert reachability.differences(deployment, assembly.templates) == []


@pytest.mark.embedded
@pytest.mark.database
def test_a17_up_finds_no_difference_with_tenants_and_without(region: Region, tenanted: Assembly) -> None:
    deployment, assembly = CLINIC.resolve("production"), manifest.read(tenanted.folder)

    def differences() -> tuple[str, ...]:
        found = verify(region.workspace, deployment, assembly, Places(region.url), lambda _: None)
        return tuple(found.differences)

    assert differences() == ()
    region.run("create", tenant="seen", **NEW)
    assert differences() == ()
