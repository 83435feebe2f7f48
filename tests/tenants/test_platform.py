"""A17: a tenant gets the other platform by a wave with the image it runs, and keeps its database."""

import pytest

from ops.assembly import manifest
from ops.deploy.cdk_cli import CdkCli
from ops.deploy.deployment import WORDS, deploy
from support.assembly import Assembly
from support.embedded_place import PREFIX
from support.embedded_tenants import NEW, Region, deployed

pytestmark = [pytest.mark.embedded, pytest.mark.database, pytest.mark.long]
TENANT = "org-1"


def everything(region: Region, assembly: Assembly) -> None:
    """Deploy all stacks."""
    deploy(region.workspace, manifest.read(assembly.folder), region.url, lambda _: None)


def machines_alone(region: Region, assembly: Assembly) -> None:
    """Deploy what stamps tenants by itself, as docs/runbooks/switch-platform.md says."""
    read, cli = manifest.read(assembly.folder), CdkCli(region.workspace, region.url)
    words = (WORDS[0], f"{PREFIX}-tenants", "--exclusively", *WORDS[2:])
    log = region.workspace.deploy_log
    lines = list(cli.lines(*words, place=read.stacks[0].place, app=assembly.folder, log=log))
    assert cli.status == 0, lines[-20:]


def kept(region: Region) -> str:
    """What identifies the database, whatever it is called."""
    (database,) = region.databases(TENANT)
    return str(database["DbiResourceId"])


def on_app_runner(region: Region) -> list[str]:
    found = region.client("apprunner").list_services()["ServiceSummaryList"]
    return [one["ServiceName"] for one in found if TENANT in one["ServiceName"]]


def test_a17_a_tenant_goes_to_the_other_platform_and_back_with_its_database(
    tenanted: Assembly, tenanted_on_app_runner: Assembly, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with deployed(tenanted_on_app_runner.folder, tmp_path_factory.mktemp("platform")) as region:
        region.run("create", tenant=TENANT, **NEW)
        database, origin = kept(region), region.routed(TENANT)["origin"]
        assert on_app_runner(region) == [f"clinic-{TENANT}-api"]

        everything(region, tenanted)
        assert on_app_runner(region) != [], "a deploy changes no tenant"
        region.run("wave", image=NEW["image"])

        region.is_whole(TENANT)
        assert (kept(region), on_app_runner(region)) == (database, [])

        machines_alone(region, tenanted_on_app_runner)
        region.run("wave", image=NEW["image"])

        assert (kept(region), on_app_runner(region)) == (database, [f"clinic-{TENANT}-api"])
        assert not region.serves(TENANT)
        assert region.routed(TENANT)["origin"] != f"{TENANT}-api.clinic.example"
        assert origin != f"{TENANT}-api.clinic.example"
        everything(region, tenanted_on_app_runner)
        region.run("change", operation="suspend", tenant=TENANT, requested_by="a test")
        assert (kept(region), on_app_runner(region)) == (database, [])


def test_a17_a_deletion_on_app_runner_that_is_taken_back_leads_to_the_service_that_was_made_again(
    tenanted_on_app_runner: Assembly, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with deployed(tenanted_on_app_runner.folder, tmp_path_factory.mktemp("app-runner")) as region:
        region.run("create", tenant=TENANT, **NEW)
        before = region.routed(TENANT)["origin"]
        with region.broken("delete", ("Find the export", "after")):
            assert "nothing of this run is left" in region.fail("delete", tenant=TENANT, confirm=TENANT)

        found = region.client("apprunner").list_services()["ServiceSummaryList"]
        (service,) = (one for one in found if one["ServiceName"] == f"clinic-{TENANT}-api")
        line = region.routed(TENANT)
        assert (line["state"], line["origin"]) == ("active", service["ServiceUrl"])
        assert region.known(TENANT)["origin"] == service["ServiceUrl"] != before

        region.run("change", operation="suspend", tenant=TENANT)
        region.run("change", operation="resume", tenant=TENANT)
        assert region.known(TENANT)["origin"] == region.routed(TENANT)["origin"]
