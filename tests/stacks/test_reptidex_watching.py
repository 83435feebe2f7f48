"""Row C10: what of ReptiDex is watched, and who is told."""

import json
from typing import Any

import pytest

from support.assembly import Assembly, text

ALARM = "AWS::CloudWatch::Alarm"
PREFIX = "reptidex-production-us-1-"
FRONT_ENDS = ("web-public", "web-admin", "web-breeder", "web-embed")
BACK_ENDS = ("repti-core", "repti-animal", "repti-commerce", "repti-media", "repti-community", "repti-ops")
ALL = (*FRONT_ENDS, *BACK_ENDS)

GRAPHS = {
    "Requests per minute": {"RequestCount"},
    "Client errors: 4xx per minute": {"HTTPCode_Target_4XX_Count"},
    "Active instances": {"HealthyHostCount"},
    "Database: connections": {"DatabaseConnections"},
    "Database: CPU (%)": {"CPUUtilization"},
    "Database: free storage (bytes)": {"FreeStorageSpace"},
    "Database: latency (s)": {"ReadLatency", "WriteLatency"},
    "Cache: CPU of the engine (%)": {"EngineCPUUtilization"},
    "Cache: memory (%)": {"DatabaseMemoryUsagePercentage"},
    "Cache: hits and misses": {"CacheHits", "CacheMisses"},
    "Cache: network (bytes per minute)": {"NetworkBytesIn", "NetworkBytesOut"},
}
"""The document's list of metrics, less those of machines: nothing of it runs on EC2."""


def metrics(assembly: Assembly) -> dict[str, set[str]]:
    """The metrics in each graph of the dashboard, by its title."""
    body = json.loads(text(assembly.the("AWS::CloudWatch::Dashboard")["DashboardBody"]))
    graphs = [widget["properties"] for widget in body["widgets"] if "metrics" in widget["properties"]]
    return {
        # An expression has no name of its own.
        graph["title"]: {metric[1] for metric in graph["metrics"] if len(metric) > 1}
        for graph in graphs
    }


def alarms(assembly: Assembly) -> dict[str, dict[str, Any]]:
    return {
        str(one["AlarmName"]).removeprefix(PREFIX): one.properties
        for one in assembly.of_type(ALARM, "observability")
    }


@pytest.mark.parametrize("title", GRAPHS)
def test_c10_the_dashboard_shows_what_the_document_lists(reptidex: dict[str, Assembly], title: str) -> None:
    for assembly in reptidex.values():
        assert metrics(assembly)[title] == GRAPHS[title]


@pytest.mark.parametrize("name", ALL)
def test_c10_the_dashboard_shows_each_services_tasks_and_response_time(
    reptidex_production: Assembly, name: str
) -> None:
    assert {f"{name}: response time (ms)", f"{name}: CPU (%)", f"{name}: memory (%)"} <= metrics(
        reptidex_production
    ).keys()


def test_c10_production_tells_of_every_service_and_store(reptidex_production: Assembly) -> None:
    found = alarms(reptidex_production)

    assert found.keys() == {
        *(f"{name}-{kind}" for name in ALL for kind in ("errors", "latency")),
        "front-door-errors",
        "firewall-blocks",
        "database-connections",
        "database-cpu",
        "database-cpu-credits",
        "database-memory",
        "database-storage",
        "cache-memory",
        "backups-no-backup",
    }
    assert all(one["AlarmActions"] for one in found.values())
    assert found["database-storage"]["Threshold"] == 20 * 1024**3
    assert found["database-connections"]["Threshold"] == 160


def test_c10_dev_wakes_nobody_and_shows_the_same(
    reptidex_dev: Assembly, reptidex_production: Assembly
) -> None:
    assert alarms(reptidex_dev) == {}
    assert metrics(reptidex_dev).keys() == metrics(reptidex_production).keys()


def test_c10_nothing_watches_machines_there_are_none_of(reptidex_production: Assembly) -> None:
    assert reptidex_production.of_type("AWS::EC2::Instance") == []
    assert "AWS/EC2" not in json.dumps(alarms(reptidex_production))
