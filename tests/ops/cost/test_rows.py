"""What each product costs, against what its document says."""

import pytest

from ops.cost.line import Line
from ops.cost.projection import projection
from ops.cost.savings import savings
from support.bills import SUMMED, amount, bill, lines, reading_of
from support.synths import Synths


def test_a19_each_phase_costs_more_than_its_document_says_and_by_what(synths: Synths) -> None:
    one, two, three = (bill(synths, name) for name in ("phase_one", "phase_two", "phase_three"))

    # The documents have the Single-AZ price: 55, 200, and 1,200 with two replicas.
    assert amount(one, "db.t4g.medium")[0] == pytest.approx(108.77)
    assert amount(two, "Instance: db.r6g.large")[0] == pytest.approx(400.77)
    assert amount(two, "gp3 ")[0] == pytest.approx(137.00)
    assert amount(three, ": db.r6g.xlarge")[0] == pytest.approx(1602.35)
    assert one.total("low") > 188
    assert two.total("low") > 795
    assert three.total("low") > 1395
    assert not one.unknown


def test_a19_the_estimated_price_of_app_runner_is_marked(synths: Synths) -> None:
    found = lines(bill(synths, "phase_one"), "CoreApi", "TelemetryApi")

    assert {line.confidence for line in found} == {"low"}


def test_a19_phase_four_counts_both_regions_and_all_shards(synths: Synths) -> None:
    four = bill(synths, "phase_four")

    primaries = lines(four, "Instance: db.r6g.xlarge Multi-AZ")
    assert {line.region: line.low / 730 for line in primaries} == {"eu-central-1": 3, "us-east-1": 5}
    assert {line.region for line in lines(four, "NAT gateway")} == {"eu-central-1", "us-east-1"}
    assert four.total("low") > 8 * 1000


def test_d10_logs_that_add_to_one_metric_are_paid_for_once(synths: Synths) -> None:
    # Errors of six services, and lines without an id of all together.
    assert amount(bill(synths, "chatbot_production"), "metrics made of logs")[0] == pytest.approx(7 * 0.30)


def test_b11_staging_is_cheap_where_the_document_says_so(synths: Synths) -> None:
    staging = bill(synths, "pooled_staging")

    assert amount(staging, "Aurora Serverless")[0] == pytest.approx(1.40), "paused, but for what wakes it"
    assert amount(staging, "Aurora Serverless")[1] == pytest.approx(2 * 730 * 0.14)
    assert amount(staging, "on Spot")[0] == pytest.approx(22.81, abs=0.02)
    assert amount(staging, "EC2 t4g.nano")[0] == pytest.approx(3.50 + 0.76, abs=0.01)
    assert not staging.unknown


def test_b11_staging_costs_less_than_a_hundred_dollars_idle(synths: Synths) -> None:
    staging = bill(synths, "pooled_staging")

    assert staging.budget_usd == 100
    assert staging.total("low") < 100
    words = {line.what for line in staging.lines}
    assert not words & {"Container Insights", "Network Load Balancer", "health checks of non-AWS endpoints"}
    assert amount(staging, "private DNS zones", "look-ups of private names")[0] == pytest.approx(0.90)


@pytest.mark.parametrize("name", [name for names in SUMMED.values() for name in names])
def test_b11_c13_e11_no_environment_costs_more_than_its_budget_before_anybody_uses_it(
    synths: Synths, name: str
) -> None:
    assert bill(synths, name).over_budget_usd == 0


def test_b11_production_on_day_one_is_near_the_document(synths: Synths) -> None:
    production = bill(synths, "pooled_production")

    assert production.total("low") == pytest.approx(545, rel=0.1)
    assert production.total("low") < production.budget_usd < production.total("high")
    assert amount(production, "core-api") == pytest.approx((66.33, 331.64), abs=0.02)
    assert not production.unknown


def test_c13_the_tasks_of_the_document_cannot_be_had_at_its_price(synths: Synths) -> None:
    dev, production = bill(synths, "reptidex_dev"), bill(synths, "reptidex_production")

    assert dev.without_schedule is not None
    assert amount(dev.without_schedule, "reptidex-")[0] == pytest.approx(115.3, abs=0.1), "28 in the document"
    assert amount(production, "reptidex-") == pytest.approx((461.36, 1268.75), abs=0.1), "85 in the document"


def test_c13_what_the_document_has_right(synths: Synths) -> None:
    production = bill(synths, "reptidex_production")

    assert amount(production, "3 NAT gateways")[0] == pytest.approx(98.55), "99"
    assert amount(production, "db.t4g.small")[0] == pytest.approx(47.45), "52 with 20 GB"


def test_c14_the_schedule_saves_what_its_closed_hours_would_have_cost(synths: Synths) -> None:
    dev = bill(synths, "reptidex_dev")
    assert dev.without_schedule is not None
    asleep: list[Line] = lines(dev, "reptidex-", "db.t4g.micro", "Container Insights")
    awake = lines(dev.without_schedule, "reptidex-", "db.t4g.micro", "Container Insights")

    saved = sum((line.low_usd or 0) for line in awake) - sum((line.low_usd or 0) for line in asleep)

    assert dev.saved_by_schedule_usd == pytest.approx(saved), "nothing else sleeps"
    assert dev.in_words == "awake 65 of 168 hours a week"
    # A quarter of an hour before each of five mornings, too.
    assert asleep[0].low == pytest.approx(730 * (65 + 5 * 0.25) / 168)
    assert 0.6 < 1 - asleep[0].low / awake[0].low < 0.7, "60 to 70 % of the tasks, as the document has it"


def test_c14_disk_and_cache_are_paid_for_while_it_sleeps(synths: Synths) -> None:
    dev = bill(synths, "reptidex_dev")

    assert lines(dev, "cache.t4g.micro")[0].low == 730
    assert lines(dev, "gp3 Single-AZ")[0].low == 20


def test_c14_what_never_sleeps_has_no_saving(synths: Synths) -> None:
    production = bill(synths, "reptidex_production")

    assert production.without_schedule is None
    assert production.saved_by_schedule_usd == 0


def test_c18_twelve_months_grow_between_the_least_and_the_most(synths: Synths) -> None:
    reading = reading_of(synths, "reptidex_production")
    production = bill(synths, "reptidex_production")

    still = list(projection(reading, monthly_growth=0))
    growing = list(projection(reading, monthly_growth=0.1))

    assert len(growing) == 12
    assert {round(month.usd, 6) for month in still} == {round(production.total("low"), 6)}
    assert [month.usd for month in growing] == sorted(month.usd for month in growing)
    assert growing[0].usd == pytest.approx(production.total("low"))
    tasks = amount(production, "reptidex-")
    assert growing[-1].usd >= production.total("low") + tasks[0]


def test_c18_tasks_stop_growing_at_the_largest_scale_out(synths: Synths) -> None:
    reading = reading_of(synths, "reptidex_dev")

    last = list(projection(reading, monthly_growth=1))[-1]

    assert last.growth == 2**11
    assert last.usd > bill(synths, "reptidex_dev").total("low"), "traffic has no ceiling"
    assert amount(bill(synths, "reptidex_dev"), "reptidex-")[1] < 60


def test_c18_a_reserved_database_saves_what_its_list_price_says(synths: Synths) -> None:
    found = {one.what: one for one in savings(bill(synths, "reptidex_production"))}

    database = found["reserve Instance: db.t4g.small Multi-AZ"]
    assert database.eligible_usd == pytest.approx(47.45)
    assert database.saved_usd is not None
    assert 0.25 < database.saved_usd / database.eligible_usd < 0.35


def test_c18_the_saving_of_a_plan_without_a_list_price_is_unknown(synths: Synths) -> None:
    found = {one.what: one for one in savings(bill(synths, "reptidex_production"))}

    plan = found["Compute Savings Plan"]
    assert plan.saved_usd is None
    assert plan.eligible_usd == pytest.approx(461.4, abs=0.2), "the tasks that always run"


def test_c18_nobody_is_told_to_commit_to_what_sleeps(synths: Synths) -> None:
    offered = [one.what for one in savings(bill(synths, "reptidex_dev"))]

    assert not [what for what in offered if "db." in what or "Plan" in what]


def test_e11_each_line_of_the_document_and_what_it_leaves_out(synths: Synths) -> None:
    host = bill(synths, "vantrexia_host")

    assert amount(host, "EC2 t4g.medium, Host")[0] == pytest.approx(24.53, abs=0.01), "30"
    assert amount(host, "db.t4g.micro", "gp3 Single-AZ")[0] == pytest.approx(13.98), "14"
    assert amount(host, "public addresses")[0] == pytest.approx(7.30), "not in the document"
    assert amount(host, "EC2 t4g.nano")[0] == pytest.approx(3.07 + 0.64, abs=0.01), "neither"
    assert host.total("low") == host.total("high"), "one host has one size"
    assert host.total("low") > 57
    assert not host.unknown
