"""Bills of the deployments that tests share, and what the documents say of them."""

from dataclasses import dataclass

from ops.cost.bill import Bill, bill_of
from ops.cost.line import Line
from ops.cost.projection import projection
from ops.cost.reading import Reading
from ops.cost.savings import Saving, savings
from ops.cost.tenants import tenant_bills
from ops.plan.side import read_side
from support.synthesis import SYNTHS
from support.synths import Synths


def reading_of(synths: Synths, name: str) -> Reading:
    """A deployment of ``config/systems``, as ``cambium cost`` reads it."""
    return Reading(read_side(synths[name].folder), SYNTHS[name].target.resolve())


def bill(synths: Synths, name: str) -> Bill:
    """Its bill."""
    return bill_of(reading_of(synths, name))


def tenants(synths: Synths, name: str) -> dict[str, Bill]:
    """What each enterprise tenant adds to it, by region."""
    return dict(tenant_bills(synths[name].folder, SYNTHS[name].target.resolve()))


def lines(bill: Bill, *words: str) -> list[Line]:
    """The lines whose words contain one of these; at least one must."""
    found = [line for line in bill.lines if any(word in line.what for word in words)]
    assert found, f"{bill.title} has no line with {words}: {[line.what for line in bill.lines]}"
    return found


def amount(bill: Bill, *words: str) -> tuple[float, float]:
    """What those lines cost, at the least and at the most."""
    found = lines(bill, *words)
    return sum(line.low_usd or 0 for line in found), sum(line.high_usd or 0 for line in found)


@dataclass(frozen=True)
class Compared:
    """A figure of a document beside ours."""

    deployment: str
    what: str
    document: str
    words: tuple[str, ...]
    """Of our lines; none of them is the whole bill."""
    why: str

    def row(self, bill: Bill) -> str:
        """As ``docs/costs.md`` has it."""
        low, high = amount(bill, *self.words) if self.words else (bill.total("low"), bill.total("high"))
        least = "at least " if not self.words and bill.unknown else ""
        ours = least + (
            dollars(low) if dollars(low) == dollars(high) else f"{dollars(low)} to {dollars(high)}"
        )
        return f"| {self.what} | {self.document} | {ours} | {self.why} |"


def dollars(amount: float) -> str:
    """Whole dollars, with a dime where there are few."""
    return f"{amount:,.1f}" if amount < 10 else f"{amount:,.0f}"


APP_RUNNER = "its price in Frankfurt is an estimate; always busy at the most"
INSIGHTS = ("Container Insights", "metrics of", "logs,", "dashboards", "health checks")

COMPARED = (
    Compared("phase_one", "core API", "25 to 40", ("CoreApi",), APP_RUNNER),
    Compared("phase_one", "telemetry API", "10 to 20", ("TelemetryApi",), APP_RUNNER),
    Compared("phase_one", "db.t4g.medium", "55", ("db.t4g.medium",), "55 is the Single-AZ price"),
    Compared(
        "phase_one", "50 GB of gp3", "8", ("gp3 Multi-AZ",), "so is 8, nearly; Multi-AZ stores it twice"
    ),
    Compared("phase_one", "cache.t4g.micro", "12", ("cache.t4g.micro",), ""),
    Compared("phase_one", "NAT gateway", "35", ("NAT gateway", "public addresses"), "with its address"),
    Compared("phase_one", "secrets", "2", ("secrets", "encryption keys"), "keys cost more than secrets"),
    Compared("phase_one", "CloudWatch", "5", INSIGHTS, "health checks from outside are a third of it"),
    Compared("phase_one", "phase 1", "163 to 188", (), "Multi-AZ, addresses, health checks"),
    Compared("phase_two", "App Runner", "50 to 70", ("CoreApi", "TelemetryApi"), APP_RUNNER),
    Compared("phase_two", "primary", "200", ("Instance: db.r6g.large",), "200 is the Single-AZ price"),
    Compared("phase_two", "two replicas", "400", ("Replica1: db", "Replica2: db"), ""),
    Compared("phase_two", "250 GB of gp3", "25", ("gp3 ",), "three disks of 250 GB, one of them Multi-AZ"),
    Compared("phase_two", "cache.t4g.small", "25", ("cache.t4g.small",), ""),
    Compared("phase_two", "phase 2", "755 to 795", (), "Multi-AZ and the disks"),
    Compared("phase_three", "primary and replicas", "1,200", (": db.r6g.xlarge",), "Single-AZ again"),
    Compared("phase_three", "phase 3 without tenants", "1,395", (), "Multi-AZ and the disks"),
    Compared(
        "phase_four",
        "phase 4 without tenants",
        "3,820",
        (),
        "3,600 for eight shards leaves 450 for each, and its databases alone cost more than three times that",
    ),
    Compared("tenant", "a tenant's App Runner", "25", ("CoreApi", "Services"), APP_RUNNER),
    Compared("tenant", "a tenant's database", "200", ("db.r6g.large", "gp3"), "Multi-AZ, and its disk"),
    Compared("tenant", "one tenant", "225", (), "Multi-AZ"),
    Compared("american_tenant", "one tenant in America", "225", (), "Multi-AZ"),
    Compared("pooled_staging", "staging, idle", "under 100", (), "as the document has it; see below"),
    Compared("pooled_production", "production, day 1", "545", (), "the least is with the fewest tasks"),
    Compared(
        "reptidex_dev", "Fargate, 10 tasks", "28", ("reptidex-web", "reptidex-repti"), "115 if it never slept"
    ),
    Compared(
        "reptidex_dev", "load balancer", "18", ("Application Load", "units", "of load bal"), "addresses"
    ),
    Compared(
        "reptidex_dev", "db.t4g.micro", "12", ("db.t4g.micro", "gp3 Single-AZ"), "asleep, with its disk"
    ),
    Compared("reptidex_dev", "cache.t4g.micro", "11", ("cache.t4g.micro",), "a cache cannot be stopped"),
    Compared("reptidex_dev", "NAT", "66", ("t4g.nano", "of gateways"), "an instance instead of two gateways"),
    Compared("reptidex_dev", "S3", "3", ("buckets",), "100 GB"),
    Compared("reptidex_dev", "CloudWatch and logs", "10", INSIGHTS, "Container Insights"),
    Compared("reptidex_dev", "ECR", "2", ("images",), "20 GB"),
    Compared("reptidex_dev", "development", "150", (), "asleep at night and at weekends, and no NAT gateway"),
    Compared(
        "reptidex_production",
        "Fargate, 20 to 40 tasks",
        "85",
        ("reptidex-web", "reptidex-repti"),
        "20 of the smallest would cost 144, and these are larger: 0.5 vCPU and 1 vCPU",
    ),
    Compared(
        "reptidex_production",
        "load balancer",
        "22",
        ("Application Load", "units", "of load bal"),
        "addresses",
    ),
    Compared("reptidex_production", "db.t4g.small", "52", ("db.t4g.small", "gp3 Multi"), "100 GB, not 20"),
    Compared(
        "reptidex_production",
        "cache.t4g.small",
        "38",
        ("cache.t4g.small",),
        "two nodes of Redis; of Valkey, 37",
    ),
    Compared(
        "reptidex_production", "NAT gateways", "99", ("NAT gateway", "of gateways"), "addresses and traffic"
    ),
    Compared("reptidex_production", "S3", "25", ("buckets",), "1 TB"),
    Compared("reptidex_production", "CloudFront", "35", ("CloudFront",), "400 GB, and the first TB is free"),
    Compared(
        "reptidex_production", "CloudWatch", "20", INSIGHTS, "Container Insights, and ten health checks"
    ),
    Compared("reptidex_production", "ECR", "8", ("images",), "80 GB"),
    Compared("reptidex_production", "production", "384", (), "the tasks"),
    Compared(
        "chatbot_production", "production", "500", (), "the smallest scale-out; backups of files are unknown"
    ),
    Compared(
        "vantrexia_host",
        "EC2",
        "30",
        ("EC2 t4g.medium", "disk DataVolume"),
        "30 is a t3.medium, without disks",
    ),
    Compared("vantrexia_host", "RDS", "14", ("db.t4g.micro", "gp3 Single-AZ"), ""),
    Compared("vantrexia_host", "S3", "3", ("buckets", "snapshots"), ""),
    Compared("vantrexia_host", "CloudWatch", "5", ("logs", "metrics of", "dashboards", "CloudTrail"), ""),
    Compared(
        "vantrexia_host", "Route 53", "5", ("DNS", "health checks"), "two checks over TLS, from outside"
    ),
    Compared(
        "vantrexia_host",
        "not in the document",
        "-",
        ("t4g.nano", "public addresses", "secrets", "encryption keys"),
        "a NAT instance, two addresses, secrets and keys",
    ),
    Compared("vantrexia_host", "production", "57", (), ""),
)

SUMMED = {
    "restartix production, App Runner": ("phase_one", "phase_two", "phase_three", "phase_four"),
    "restartix production, Fargate": ("fargate",),
    "restartix-fargate staging": ("pooled_staging",),
    "restartix-fargate production": ("pooled_production", "pooled_phase_two"),
    "reptidex dev": ("reptidex_dev",),
    "reptidex production": ("reptidex_production", "reptidex_grown"),
    "chatbot dev": ("chatbot_dev",),
    "chatbot production": ("chatbot_production", "chatbot_grown"),
    "vantrexia production": ("vantrexia_host", "vantrexia_grown"),
}
"""Deployments in ``docs/costs.md``, by environment, phase by phase."""


def summary(what: str, phase: int, bill: Bill) -> str:
    """The row of a deployment."""
    low, high, budget = bill.total("low"), bill.total("high"), bill.budget_usd
    least = "at least " if bill.unknown else ""
    fits = "fits" if high <= budget else "only the least fits" if low <= budget else "**too small**"
    return f"| {what} | {phase} | {least}{dollars(low)} | {dollars(high)} | {budget:,} | {fits} |"


def ahead(what: str, growth_percent: int, usd: list[float]) -> str:
    """The row of twelve months."""
    first, last, year = usd[0], usd[-1], sum(usd)
    return f"| {what} | {growth_percent} % | {first:,.0f} | {last:,.0f} | {year:,.0f} |"


def committed(what: str, saving: Saving) -> str:
    """The row of a commitment."""
    saved = "unknown" if saving.saved_usd is None else dollars(saving.saved_usd)
    return f"| {what}: {saving.what} | {dollars(saving.eligible_usd)} | {saved} |"


AHEAD = {"reptidex dev": "reptidex_dev", "reptidex production": "reptidex_production"}
GROWTH_PERCENT = 5


def every_row(synths: Synths) -> list[str]:
    """Every row with numbers that ``docs/costs.md`` must have, and no other."""
    bills = {name: bill(synths, name) for names in SUMMED.values() for name in names}
    rows = [
        summary(what, phase, bills[name])
        for what, names in SUMMED.items()
        for phase, name in enumerate(names, start=1)
    ]
    bills["tenant"] = tenants(synths, "phase_three")["eu"]
    bills["american_tenant"] = tenants(synths, "phase_four")["us"]
    rows += [one.row(bills[one.deployment]) for one in COMPARED]
    for what, name in AHEAD.items():
        months = projection(reading_of(synths, name), monthly_growth=GROWTH_PERCENT / 100)
        rows.append(ahead(what, GROWTH_PERCENT, [month.usd for month in months]))
        rows += [committed(what, one) for one in savings(bills[name])]
    return rows
