"""Vantrexia's one machine: what it is, what it is given, and what survives it."""

import copy
import re
import subprocess
from pathlib import Path

import pytest

from config.catalog import load_system
from host.plan import parse_plan
from ops.reachability import differences
from support.assembly import Assembly, text
from support.delivered import Delivered, set_up
from support.host_machine import write_certificate
from support.nginx import Nginx

ROLLING = {"backend-blue", "backend-green", "frontend-blue", "frontend-green"}


@pytest.fixture(scope="module")
def delivered(vantrexia_host: Assembly) -> Delivered:
    return Delivered(vantrexia_host)


def test_e1_the_machine_is_pinned_small_and_arm(vantrexia_host: Assembly) -> None:
    machine = vantrexia_host.the("AWS::EC2::Instance", "compute")

    assert (machine["InstanceType"], machine["ImageId"]) == ("t4g.medium", "ami-0123456789abcdef0")


def test_e1_metadata_is_asked_for_with_a_token(vantrexia_host: Assembly) -> None:
    machine = vantrexia_host.the("AWS::EC2::Instance", "compute")
    template = machine.properties.get("LaunchTemplate")
    options = machine.properties.get("MetadataOptions")
    if template:
        launch = vantrexia_host.the("AWS::EC2::LaunchTemplate", "compute")
        options = launch["LaunchTemplateData"]["MetadataOptions"]

    assert options == {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}


def test_e1_there_is_no_key_and_no_port_for_ssh(vantrexia_host: Assembly) -> None:
    machine = vantrexia_host.the("AWS::EC2::Instance", "compute")
    opened = {
        rule["FromPort"]
        for group in vantrexia_host.of_type("AWS::EC2::SecurityGroup")
        for rule in group.properties.get("SecurityGroupIngress", [])
        if rule.get("CidrIp") == "0.0.0.0/0"
    }

    assert "KeyName" not in machine.properties
    assert opened == {80, 443}


def test_e1_only_what_is_asked_for_is_reachable(vantrexia_host: Assembly) -> None:
    assert differences(load_system("vantrexia").resolve("production"), vantrexia_host.templates) == []


def test_e1_a_machine_in_another_group_is_noticed(vantrexia_host: Assembly) -> None:
    templates = copy.deepcopy(vantrexia_host.templates)
    (machine,) = [
        one["Properties"]
        for one in templates[vantrexia_host.stacks["compute"].name]["Resources"].values()
        if one["Type"] == "AWS::EC2::Instance"
    ]
    (schedule, *_) = [
        one["Properties"]["Target"]["EcsParameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        for one in templates[vantrexia_host.stacks["backup"].name]["Resources"].values()
        if one["Type"] == "AWS::Scheduler::Schedule" and "EcsParameters" in one["Properties"]["Target"]
    ]
    machine["SecurityGroupIds"] = schedule["SecurityGroups"]

    found = differences(load_system("vantrexia").resolve("production"), templates)

    assert [line for line in found if "carries database-jobs instead of host" in line]
    assert "internet -> host:443 is asked for, and not possible" in found


def test_e1_compose_is_checked_against_its_checksum(vantrexia_host: Assembly) -> None:
    script = set_up(vantrexia_host)

    assert re.search(r"compose/releases/download/v\d+\.\d+\.\d+/docker-compose-linux-aarch64", script)
    assert re.search(r"echo '[0-9a-f]{64}  \S+/docker-compose' \| sha256sum --check --strict", script)


def test_e1_the_script_is_sound_and_holds_no_secret(vantrexia_host: Assembly, tmp_path: Path) -> None:
    script = set_up(vantrexia_host)
    file = tmp_path / "set-up.sh"
    file.write_text(re.sub(r"<[\w.]+>", "reference", script))

    checked = subprocess.run(["/bin/bash", "-n", str(file)], capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stderr
    assert "secretsmanager" not in script.lower()


def test_e1_the_archive_is_named_with_its_checksum(vantrexia_host: Assembly, delivered: Delivered) -> None:
    told = text(vantrexia_host.the("AWS::SSM::Parameter", "compute")["Value"])

    assert told.startswith("s3://")
    assert told.endswith(f".zip {delivered.sha256}")


def test_e1_the_program_understands_its_plan(delivered: Delivered) -> None:
    plan = parse_plan(delivered.json("plan.json"))

    assert {one.name: one.kind for one in plan.services} == {
        "front-door": "steady",
        "cache": "steady",
        "frontend": "rolling",
        "backend": "rolling",
        "celery": "worker",
        "celery-beat": "worker",
        "migrate": "once",
    }
    assert (plan.timing.health, plan.timing.drain, plan.smoke.certificate_days) == (60, 30, 30)


def test_e1_every_container_of_the_plan_is_in_the_compose_file(delivered: Delivered) -> None:
    assert (
        delivered.containers.keys() == {"front-door", "cache", "celery", "celery-beat", "migrate"} | ROLLING
    )


def test_e1_ports_of_containers_are_open_on_loopback_only(delivered: Delivered) -> None:
    ports = [port for one in delivered.containers.values() for port in one.get("ports", [])]
    plan = parse_plan(delivered.json("plan.json"))
    expected = [port for one in plan.of("rolling") for port in one.ports]

    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert sorted(int(port.split(":")[1]) for port in ports) == sorted(expected)


def test_e1_secrets_are_files_in_memory(delivered: Delivered) -> None:
    told = {file["path"] for one in delivered.containers.values() for file in one.get("env_file", [])}

    assert told == {f"/run/host/{name}.env" for name in ("backend", "celery", "celery-beat", "migrate")}


def test_e1_the_programs_of_one_product_share_their_keys(delivered: Delivered) -> None:
    secrets = {one["file"]: one["secret"] for one in delivered.json("plan.json")["secrets"]}

    assert secrets["celery.env"] == secrets["celery-beat.env"] == secrets["backend.env"]
    assert secrets["migrate.env"] != secrets["backend.env"]


def test_e1_the_role_reads_its_own_secrets_and_no_other(vantrexia_host: Assembly) -> None:
    machine = vantrexia_host.the("AWS::EC2::Instance", "compute")
    profile = vantrexia_host.target("compute", machine["IamInstanceProfile"])
    assert profile is not None
    role = vantrexia_host.target("compute", profile["Roles"][0])
    assert role is not None
    read = [
        one["Resource"]
        for one in vantrexia_host.statements(role)
        if one["Action"] == "secretsmanager:GetSecretValue"
    ]
    names = {one["Name"] for one in vantrexia_host.targets("compute", read[0])}

    assert names == {
        f"vantrexia/production/{leaf}" for leaf in ("front-door", "registry", "backend", "migrate")
    }


def test_e1_a_new_machine_takes_over_disk_address_and_records(vantrexia_host: Assembly) -> None:
    """Whatever holds something is not part of the machine, and stays when the machine goes."""
    machine = vantrexia_host.the("AWS::EC2::Instance", "compute")
    volume = vantrexia_host.the("AWS::EC2::Volume")
    address = vantrexia_host.the("AWS::EC2::EIP", "compute")

    assert volume.role == "data"
    assert volume.outlives_its_stack
    assert volume.body["UpdateReplacePolicy"] == "Retain"
    assert vantrexia_host.of_type("AWS::EC2::VolumeAttachment") == []
    assert "attach-volume" in set_up(vantrexia_host)
    assert "mkfs.xfs -f" not in set_up(vantrexia_host)
    assert address["InstanceId"] == {"Ref": machine.logical_id}
    records = vantrexia_host.of_type("AWS::Route53::RecordSet", "compute")
    assert machine.logical_id not in str([one.properties for one in records])


def test_e1_disk_and_machine_are_in_one_zone(vantrexia_host: Assembly) -> None:
    machine = vantrexia_host.the("AWS::EC2::Instance", "compute")
    subnet = vantrexia_host.target("compute", machine["SubnetId"])
    assert subnet is not None

    assert subnet["AvailabilityZone"] == vantrexia_host.the("AWS::EC2::Volume")["AvailabilityZone"]


def test_e2_a_release_is_asked_for_through_systems_manager(vantrexia_host: Assembly) -> None:
    document = vantrexia_host.the("AWS::SSM::Document", Name="vantrexia-production-us-1-release")
    pattern = document["Content"]["parameters"]["Release"]["allowedPattern"]

    assert re.fullmatch(pattern, "0a1b2c")
    assert not re.fullmatch(pattern, "x; rm -rf /")
    assert document["Content"]["parameters"]["Action"]["allowedValues"] == ["deploy", "back"]


def test_e3_nginx_accepts_what_is_delivered(delivered: Delivered, tmp_path: Path) -> None:
    write_certificate(tmp_path, days=90)
    (tmp_path / "upstreams.conf").write_text(
        "upstream backend { server 127.0.0.1:1; }\nupstream frontend { server 127.0.0.1:2; }\n"
    )
    here = delivered.files["door/nginx.conf"]
    for there, local in (
        (" /tmp", f" {tmp_path}"),
        ("/run/host/tls/", f"{tmp_path}/"),
        ("/data/host/", f"{tmp_path}/"),
        ("/dev/stdout", f"{tmp_path}/access.log"),
    ):
        here = here.replace(there, local)

    tried = Nginx(tmp_path, here).test()

    assert tried.returncode == 0, tried.stderr


def test_e5_the_workflow_may_send_one_document_to_one_machine(vantrexia_host: Assembly) -> None:
    (role,) = [one for one in vantrexia_host.of_type("AWS::IAM::Role") if "Release" in one.path]
    sends = [one for one in vantrexia_host.statements(role) if one["Action"] == "ssm:SendCommand"]

    assert [text(one["Resource"]) for one in sends] == [
        "arn:<AWS::Partition>:ssm:*:111122223333:document/vantrexia-production-*-release",
        "arn:<AWS::Partition>:ec2:*:111122223333:instance/*",
    ]
    assert sends[1]["Condition"] == {"StringLike": {"ssm:resourceTag/cambium:host": "vantrexia-production-*"}}


def test_e12_logs_rotate_limits_are_set_and_containers_come_back(delivered: Delivered) -> None:
    for name, one in delivered.containers.items():
        assert one["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
        assert one["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
        assert one["restart"] == ("no" if name == "migrate" else "always")


def test_e12_the_compose_file_fits_the_specification(delivered: Delivered, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(delivered.files["compose.yaml"])

    assert _check(file) == ""


def test_e12_a_compose_file_with_a_mistake_is_found(delivered: Delivered, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(delivered.files["compose.yaml"].replace('"restart"', '"restarts"'))

    assert "restarts" in _check(file)


def _check(file: Path) -> str:
    program = Path(__file__).parents[2] / ".venv" / "bin" / "check-jsonschema"
    schema = ["--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([str(program), *schema, str(file)], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""
