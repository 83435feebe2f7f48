"""E7: what the runbook of a lost region says to prepare is complete without the region that is lost."""

import re
from fnmatch import fnmatchcase

import aws_cdk as cdk
import pytest

from config import alarms, changes, environment, network, region, watching
from config.catalog import load_system
from docs.markdown import ROOT, Page
from ops.assembly import manifest
from stacks.app import build, feature_flags
from support.assembly import Assembly

PAGE = Page(ROOT / "docs" / "runbooks" / "region-loss.md")
LOST = "us-east-1"


@pytest.fixture(scope="module")
def west(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The environment of the page, built."""
    (block,) = re.findall(r"^ *```python\n(.*?)^ *```$", PAGE.text, re.M | re.S)
    system = load_system("vantrexia")
    known = {
        name: value
        for module in (alarms, changes, environment, network, region, watching)
        for name, value in vars(module).items()
    }
    written = eval(f"({block})", {**known, "HOST": system.host, "IMAGE": "ami-0fedcba9876543210"})  # noqa: S307
    folder = tmp_path_factory.mktemp("west")
    app = cdk.App(context=feature_flags(), analytics_reporting=False, outdir=str(folder))
    both = system.model_copy(update={"environments": (*system.environments, written)})
    build(app, both.resolve("west"))
    app.synth()
    return Assembly(folder)


def deployed(west: Assembly) -> dict[str, manifest.Stack]:
    """What the first deployment of the page takes in: the stacks it names, and those they stand on."""
    (words,) = [one for one in PAGE.commands("npx cdk") if one[2] == "deploy" and "*-audit" in one]
    stacks = {one.name: one for one in west.stacks.values()}
    left = [name for name in stacks if any(fnmatchcase(name, word) for word in words)]
    found = dict[str, manifest.Stack]()
    while left:
        name = left.pop()
        found[name] = stacks[name]
        left += [one for one in stacks[name].after if one in stacks and one not in found]
    return found


def test_e7_all_but_what_aws_keeps_in_the_lost_region_is_deployed(west: Assembly) -> None:
    everything = {one.name for one in west.stacks.values()}

    assert everything - set(deployed(west)) == {"vantrexia-west-global"}
    assert {one.place.region for one in deployed(west).values()} == {"us-west-2", "us-east-2"}


def test_e7_no_name_of_route_53_is_needed(west: Assembly) -> None:
    types = [
        resource["Type"]
        for stack in deployed(west).values()
        for resource in stack.template["Resources"].values()
    ]

    assert "AWS::EC2::EIP" in types, "Cloudflare leads to an address"
    assert [one for one in types if one.startswith("AWS::Route53::")] == []


def test_e7_the_page_names_stacks_and_buckets_as_they_are(west: Assembly) -> None:
    names = {one.name for one in west.stacks.values()} | {
        str(one["BucketName"]) for one in west.of_type("AWS::S3::Bucket")
    }
    told = set(re.findall(r"vantrexia-west-[a-z0-9-]*[a-z0-9]", PAGE.everything_in_code()))
    hosts = {"vantrexia-west-west-1"}

    assert told, "the page is another one"
    assert told - hosts <= names
    assert "HostAddress" in west.outputs("compute")
