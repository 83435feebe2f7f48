"""Rows D2, D3, D7 and D8: who gets in to the chatbot platform, who calls whom, and what gets out."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ops.reachability import Reachability, Templates, differences
from support.assembly import Assembly, Resource
from support.synthesis import CHATBOT

RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
SERVICE = "AWS::ECS::Service"
CALLS = {
    "backend -> chatbot-api:8000",
    "ai-worker -> chatbot-api:8000",
    "chatbot-api -> weaviate:8080",
    "frontend -> backend:6000",
}
"""The document's table, less what leads to stores and the internet; the worker is its idea for later."""
CALLERS_OF_STORES = {
    "ai-worker -> cache:6379",
    "ai-worker -> database:5432",
    "backend -> cache:6379",
    "backend -> database:5432",
    "chatbot-admin -> database:5432",
    "migrations -> database:5432",
    "weaviate -> volume:2049",
}
GROUPS = ("frontend", "backend", "chatbot-api", "chatbot-admin", "ai-worker", "weaviate", "migrations")
DOORS = {
    ("/admin/*",): "chatbot-admin",
    ("/socket.io/*", "/api/*"): "backend",
    ("/*",): "frontend",
    ("api.chatbot.example.com",): "chatbot-api",
}


def paths(name: str, templates: dict[str, Any]) -> set[str]:
    found = Reachability(CHATBOT[name].target.resolve(), Templates(templates))
    return {str(path) for path in found.paths()}


def service_behind(assembly: Assembly, rule: Resource) -> str:
    target = assembly.target("compute", rule["Actions"][0]["TargetGroupArn"])
    for service in assembly.of_type(SERVICE, "compute"):
        for balancer in service["LoadBalancers"]:
            if assembly.target("compute", balancer["TargetGroupArn"]) == target:
                return str(service["ServiceName"]).removeprefix("chatbot-")
    return "nobody"


def door(rule: Resource) -> tuple[str, ...]:
    (condition,) = rule["Conditions"]
    return tuple((condition.get("HostHeaderConfig") or condition["PathPatternConfig"])["Values"])


def test_d2_each_path_and_host_leads_to_its_service(chatbot_production: Assembly) -> None:
    rules = chatbot_production.of_type(RULE, "compute")

    assert {door(rule): service_behind(chatbot_production, rule) for rule in rules} == DOORS


def test_d2_the_host_is_asked_first_and_what_takes_the_rest_last(chatbot_production: Assembly) -> None:
    rules = sorted(chatbot_production.of_type(RULE, "compute"), key=lambda rule: int(rule["Priority"]))

    first, *_, last = [service_behind(chatbot_production, rule) for rule in rules]
    assert (first, last) == ("chatbot-api", "frontend")


def test_d2_websockets_stay_on_one_task(chatbot_production: Assembly) -> None:
    sticky = {}
    for rule in chatbot_production.of_type(RULE, "compute"):
        target = chatbot_production.target("compute", rule["Actions"][0]["TargetGroupArn"])
        assert target
        attributes = {pair["Key"]: pair["Value"] for pair in target["TargetGroupAttributes"]}
        sticky[service_behind(chatbot_production, rule)] = attributes["stickiness.enabled"]

    assert sticky == {
        "backend": "true",
        "frontend": "false",
        "chatbot-api": "false",
        "chatbot-admin": "false",
    }


def test_d2_the_domain_itself_leads_to_the_load_balancer(chatbot: dict[str, Assembly]) -> None:
    names = {
        name: {one["Name"] for one in assembly.of_type("AWS::Route53::RecordSet", "compute")}
        for name, assembly in chatbot.items()
    }

    assert names["chatbot_production"] == {"chatbot.example.com.", "api.chatbot.example.com."}
    assert names["chatbot_dev"] == {"dev.chatbot.example.com.", "api.dev.chatbot.example.com."}


@pytest.mark.parametrize("name", CHATBOT)
def test_d3_who_calls_who_is_the_documents_table_and_no_more(chatbot: dict[str, Assembly], name: str) -> None:
    outside = ("internet", "load-balancer")
    # Whoever reaches the internet reaches the load balancer as every visitor does.
    inside = {
        path for path in paths(name, chatbot[name].templates) if not any(end in path for end in outside)
    }

    assert inside == CALLS | CALLERS_OF_STORES


@pytest.mark.parametrize("name", CHATBOT)
def test_d8_nothing_gets_out_but_https(chatbot: dict[str, Assembly], name: str) -> None:
    out = {path for path in paths(name, chatbot[name].templates) if "-> internet" in path}

    assert out == {f"{group} -> internet:443" for group in GROUPS}


@pytest.mark.parametrize("name", CHATBOT)
def test_d3_d8_the_proof_holds_both_ways(chatbot: dict[str, Assembly], name: str) -> None:
    assert differences(CHATBOT[name].target.resolve(), chatbot[name].templates) == []


Spoil = Callable[[dict[str, Any], dict[str, str]], None]


def proof(assembly: Assembly, spoil: Spoil) -> list[str]:
    """What the proof says of templates in which ``spoil`` has changed the network."""
    templates = copy.deepcopy(assembly.templates)
    groups = {
        pair["Value"]: one.logical_id
        for one in assembly.of_type("AWS::EC2::SecurityGroup")
        for pair in one["Tags"]
        if pair["Key"] == "cambium:group"
    }
    spoil(templates[assembly.stacks["network"].name]["Resources"], groups)
    return differences(CHATBOT["chatbot_production"].target.resolve(), templates)


def test_d3_a_way_from_the_front_end_to_the_chatbot_api_is_found(chatbot_production: Assembly) -> None:
    def plant(resources: dict[str, Any], groups: dict[str, str]) -> None:
        def id_of(name: str) -> dict[str, Any]:
            return {"Fn::GetAtt": [groups[name], "GroupId"]}

        port = {"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 8000}
        out = {"GroupId": id_of("frontend"), "DestinationSecurityGroupId": id_of("chatbot-api"), **port}
        into = {"GroupId": id_of("chatbot-api"), "SourceSecurityGroupId": id_of("frontend"), **port}
        resources["Out"] = {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": out}
        resources["Into"] = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": into}

    assert proof(chatbot_production, plant) == [
        "frontend -> chatbot-api:8000 is possible, and nobody asked for it",
        "not in the access rules: frontend -> chatbot-api:8000 (way into chatbot-api)",
        "not in the access rules: frontend -> chatbot-api:8000 (way out of frontend)",
    ]


@pytest.mark.parametrize("kind", ["Ingress", "Egress"])
def test_d3_a_way_to_weaviate_that_has_gone_is_found(chatbot_production: Assembly, kind: str) -> None:
    def remove(resources: dict[str, Any], groups: dict[str, str]) -> None:
        (name,) = [
            name
            for name, one in resources.items()
            if one["Type"] == f"AWS::EC2::SecurityGroup{kind}" and one["Properties"]["FromPort"] == 8080
        ]
        del resources[name]

    assert "chatbot-api -> weaviate:8080 is asked for, and not possible" in proof(chatbot_production, remove)


def test_d3_services_that_are_called_have_a_name_and_nobody_else(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        named = {
            alias["DnsName"]: alias["Port"]
            for service in assembly.of_type(SERVICE, "compute")
            for one in service.properties.get("ServiceConnectConfiguration", {}).get("Services", ())
            for alias in one["ClientAliases"]
        }
        assert named == {"backend": 6000, "chatbot-api": 8000, "weaviate": 8080}


def test_d3_a_name_is_told_by_the_address_that_callers_have(chatbot_production: Assembly) -> None:
    told = {}
    for task in chatbot_production.of_type("AWS::ECS::TaskDefinition", "compute"):
        for pair in task["ContainerDefinitions"][0].get("Environment", ()):
            if pair["Name"] in ("BACKEND_URL", "CHATBOT_API_URL", "WEAVIATE_URL"):
                told[task["Family"].removeprefix("chatbot-")] = pair["Value"]

    assert told == {
        "frontend": "http://backend:6000",
        "backend": "http://chatbot-api:8000",
        "ai-worker": "http://chatbot-api:8000",
        "chatbot-api": "http://weaviate:8080",
    }


def test_d3_a_service_starts_after_those_it_calls(chatbot_production: Assembly) -> None:
    services = {
        str(one["ServiceName"]).removeprefix("chatbot-"): one
        for one in chatbot_production.of_type(SERVICE, "compute")
    }
    for call in CALLS:
        caller, called = call.partition(":")[0].split(" -> ")
        assert services[called].logical_id in services[caller].body["DependsOn"], call


def test_d7_production_filters_and_dev_does_not(chatbot: dict[str, Assembly]) -> None:
    acl = chatbot["chatbot_production"].the("AWS::WAFv2::WebACL", "compute")
    rules = {rule["Name"]: rule for rule in acl["Rules"]}

    assert rules.keys() == {
        "countries",
        "ip-reputation",
        "rate-limit",
        "bad-inputs",
        "sql-injection",
        "common",
    }
    assert rules["rate-limit"]["Statement"]["RateBasedStatement"]["Limit"] == 2000
    assert rules["countries"]["Statement"]["GeoMatchStatement"]["CountryCodes"] == ["KP"]
    association = chatbot["chatbot_production"].the("AWS::WAFv2::WebACLAssociation", "compute")
    protected = chatbot["chatbot_production"].target("compute", association["ResourceArn"])
    assert protected is not None
    assert protected.type == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    assert chatbot["chatbot_dev"].of_type("AWS::WAFv2::WebACL") == []


def test_d8_every_connection_is_recorded_from_the_first_day(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        log = assembly.the("AWS::EC2::FlowLog")
        assert (log["ResourceType"], log["TrafficType"]) == ("VPC", "ALL")
