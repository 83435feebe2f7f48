"""A bill: everything in the templates is counted, free for a reason, or unknown."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.catalog import load_system
from config.deployment import Deployment
from config.explain import explain
from config.usage import Usage
from ops.cost import free
from ops.cost.bill import Bill, bill_of
from ops.cost.counting import COUNTERS
from ops.cost.free import FREE, why_free
from ops.cost.line import Line
from ops.cost.price import Price
from ops.cost.reading import Reading
from ops.plan.side import Side, Stack
from support.bills import bill, lines
from support.synthesis import PRODUCTS
from support.synths import Synths

HERE = "eu-central-1"
COST = Path(free.__file__).parent
SUBNETS = {"Scheme": "internet-facing", "Subnets": ["subnet-1", "subnet-2"]}
DATABASE = {"DBInstanceClass": "db.r6g.large", "AllocatedStorage": "250", "StorageType": "gp3"}


def deployed(**usage: float) -> Deployment:
    """Somebody's production, in Frankfurt."""
    deployment = load_system("restartix-fargate").resolve("production", 1)
    environment = deployment.environment.model_copy(update={"usage": Usage(**usage)})
    return deployment.model_copy(update={"environment": environment})


def of(*resources: tuple[str, Mapping[str, Any]], region: str = HERE, **usage: float) -> Bill:
    """The bill of these resources alone."""
    bodies = {
        f"Thing{number}": {"Type": kind, "Properties": dict(properties)}
        for number, (kind, properties) in enumerate(resources)
    }
    side = Side.of([Stack("stack", "111122223333", region, {"Resources": bodies})])
    return bill_of(Reading(side, deployed(**usage)))


def only(bill: Bill, word: str) -> Line:
    found = lines(bill, word)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_type_of_each_product_is_counted_or_free_for_a_reason(synths: Synths, name: str) -> None:
    unheard_of = [
        line.what for line in bill(synths, name).lines if line.what.startswith(("AWS::", "Custom::"))
    ]

    assert unheard_of == []


def test_a_type_is_counted_or_free_and_not_both() -> None:
    assert sorted(set(COUNTERS) & set(FREE)) == []
    assert all(FREE.values())


def test_a_type_that_nobody_has_heard_of_is_unknown_and_never_zero() -> None:
    with_it = of(("AWS::Quantum::Computer", {}), ("AWS::Quantum::Computer", {}), ("AWS::KMS::Key", {}))

    planted = only(with_it, "AWS::Quantum::Computer")
    assert (planted.low, planted.price, planted.low_usd) == (2, None, None)
    assert with_it.unknown == (planted,)
    assert with_it.total("low") == 1


def test_a_known_type_without_a_price_is_unknown_too() -> None:
    machine = only(of(("AWS::EC2::Instance", {"InstanceType": "x9.huge"})), "EC2 x9.huge")

    assert machine.low_usd is None
    assert machine.confidence == "unknown"


def test_what_our_own_functions_do_is_free() -> None:
    assert why_free("Custom::Anything") == "done by a function that is counted"


def test_a_replica_has_a_disk_of_its_own() -> None:
    primary = {**DATABASE, "MultiAZ": True, "Engine": "postgres"}
    replica = {**DATABASE, "SourceDBInstanceIdentifier": "db"}

    both = of(("AWS::RDS::DBInstance", primary), ("AWS::RDS::DBInstance", replica))

    assert both.total("low") == pytest.approx(400.77 + 68.50 + 200.02 + 34.25, abs=0.02)


def test_each_subnet_of_a_load_balancer_has_an_address() -> None:
    addresses = only(of(("AWS::ElasticLoadBalancingV2::LoadBalancer", SUBNETS)), "addresses")

    assert addresses.low_usd == pytest.approx(7.30)


def test_a_load_balancer_inside_has_none() -> None:
    inside = of(("AWS::ElasticLoadBalancingV2::LoadBalancer", {**SUBNETS, "Scheme": "internal"}))

    assert not [line for line in inside.lines if "addresses" in line.what]


def test_an_alarm_is_billed_by_the_metrics_it_looks_at() -> None:
    sums = {"Metrics": [{"Id": "e", "Expression": "a+b"}, {"MetricStat": {}}, {"MetricStat": {}}]}

    alarms = only(of(("AWS::CloudWatch::Alarm", sums), ("AWS::CloudWatch::Alarm", {})), "alarms")

    assert alarms.low == 3


def test_a_check_over_tls_every_ten_seconds_costs_more_than_the_check() -> None:
    check = {"FullyQualifiedDomainName": "a.example", "Type": "HTTPS", "RequestInterval": 10}

    both = of(("AWS::Route53::HealthCheck", {"HealthCheckConfig": check}))

    assert both.total("low") == pytest.approx(0.75 + 2 * 2)


def test_a_host_with_a_record_of_ours_is_an_aws_endpoint() -> None:
    check = {"FullyQualifiedDomainName": "a.example", "Type": "HTTP"}
    record = {"Name": "a.example."}

    ours = of(
        ("AWS::Route53::HealthCheck", {"HealthCheckConfig": check}), ("AWS::Route53::RecordSet", record)
    )

    assert ours.total("low") == pytest.approx(0.5)


def test_an_interface_endpoint_costs_in_each_zone_and_a_gateway_endpoint_nothing() -> None:
    interface = {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b"]}

    both = of(("AWS::EC2::VPCEndpoint", interface), ("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Gateway"}))

    assert both.total("low") == pytest.approx(2 * 730 * 0.012)


@pytest.mark.parametrize(("sent_gb", "monthly_usd"), [(0, 0), (100, 0), (200, 9)])
def test_the_first_hundred_gigabytes_to_the_internet_are_free(sent_gb: float, monthly_usd: float) -> None:
    sent = only(of(("AWS::EC2::VPC", {}), internet_gb=sent_gb), "sent to the internet")

    assert sent.low_usd == pytest.approx(monthly_usd)
    assert f"assumed: {sent_gb:g} GB" in sent.note


def test_an_assumption_is_printed_with_its_line() -> None:
    assert "assumed: 7 GB" in only(of(("AWS::Logs::LogGroup", {}), logs_gb=7), "logs, written").note


def test_a_negative_assumption_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        Usage(logs_gb=-1)

    assert "Usage.logs_gb: must be at least 0.0, got -1" in explain(refused.value, subject="shop production")


def test_an_assumption_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValidationError, match="did you mean logs_gb"):
        Usage.model_validate({"log_gb": 1})


@pytest.mark.parametrize("name", Usage.model_fields)
def test_each_assumption_counts_for_something(name: str) -> None:
    asked = re.compile(rf"\b(?:use|usage)\.{name}\b")

    assert any(asked.search(file.read_text()) for file in COST.glob("*.py"))


def test_lines_that_count_the_same_are_one_line() -> None:
    secrets = of(*[("AWS::SecretsManager::Secret", {})] * 3)

    assert [(line.what, line.low) for line in secrets.lines] == [("secrets", 3)]


def test_every_line_of_spot_says_that_its_price_changes(synths: Synths) -> None:
    on_spot = lines(bill(synths, "pooled_staging"), "on Spot")

    assert len(on_spot) == 5
    assert all(isinstance(line.price, Price) and line.price.variable for line in on_spot)
    assert all("changes" in line.note for line in on_spot)
