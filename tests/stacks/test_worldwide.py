"""What an environment has once, a region once, and a shard once: read from a whole app of two regions."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ops.assembly import manifest
from support import findings
from support.assembly import Assembly, text

ACCOUNT = "111122223333"
SHARDS = ["atlas-production-ie-1", "atlas-production-se-1", "atlas-production-se-2"]


@dataclass(frozen=True)
class Found:
    """A resource and the stack it is in: roles are not unique here."""

    stack: manifest.Stack
    properties: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]


@pytest.fixture(scope="module")
def stacks(worldwide: Assembly) -> tuple[manifest.Stack, ...]:
    """Its stacks."""
    return tuple(manifest.read(worldwide.folder).stacks)


def of_type(stacks: tuple[manifest.Stack, ...], type_name: str) -> Iterator[Found]:
    for stack in stacks:
        for body in stack.template["Resources"].values():
            if body["Type"] == type_name:
                yield Found(stack, body.get("Properties", {}))


def test_a_slack_channel_is_defined_once_and_hears_every_topic(stacks: tuple[manifest.Stack, ...]) -> None:
    (channel,) = of_type(stacks, "AWS::Chatbot::SlackChannelConfiguration")
    topics = [
        f"arn:aws:sns:{topic.stack.place.region}:{ACCOUNT}:{topic['TopicName']}"
        for topic in of_type(stacks, "AWS::SNS::Topic")
    ]

    assert channel.stack.name == "atlas-production-global"
    assert len(topics) == 1 + len(SHARDS)
    assert sorted(channel["SnsTopicArns"]) == sorted(topics)


def test_the_channel_comes_after_the_topics_it_names(stacks: tuple[manifest.Stack, ...]) -> None:
    (last,) = [stack for stack in stacks if stack.name == "atlas-production-global"]

    assert {f"{shard}-observability" for shard in SHARDS} <= set(last.after)


def test_events_of_a_region_are_told_once(stacks: tuple[manifest.Stack, ...]) -> None:
    rules = Counter(rule.stack.name for rule in of_type(stacks, "AWS::Events::Rule"))

    assert rules == {"atlas-production-se-1-observability": 3, "atlas-production-ie-1-observability": 3}


def test_every_topic_is_named_for_its_place(stacks: tuple[manifest.Stack, ...]) -> None:
    topics = {topic["TopicName"] for topic in of_type(stacks, "AWS::SNS::Topic")}

    assert topics == {"atlas-production-alarms", *(f"{shard}-alarms" for shard in SHARDS)}


def test_there_is_one_budget_and_one_trail(stacks: tuple[manifest.Stack, ...]) -> None:
    assert len(list(of_type(stacks, "AWS::Budgets::Budget"))) == 1
    assert len(list(of_type(stacks, "AWS::CloudTrail::Trail"))) == 1


def test_the_trail_watches_the_buckets_of_every_region_and_their_copies(
    stacks: tuple[manifest.Stack, ...],
) -> None:
    (trail,) = of_type(stacks, "AWS::CloudTrail::Trail")
    ((objects,),) = (selector["DataResources"] for selector in trail["EventSelectors"])
    stored = [
        bucket["BucketName"] for bucket in of_type(stacks, "AWS::S3::Bucket") if bucket.stack != trail.stack
    ]

    assert len(stored) == 4
    assert sorted(text(arn) for arn in objects["Values"]) == sorted(
        f"arn:aws:s3:::{name}/" for name in stored
    )
    places = {stack.name for stack in stacks if stack.name.endswith("-storage")}
    assert places <= set(trail.stack.after)


def test_a_host_that_two_services_share_stands_once_in_the_certificate(
    stacks: tuple[manifest.Stack, ...],
) -> None:
    for certificate in of_type(stacks, "AWS::CertificateManager::Certificate"):
        assert certificate["DomainName"] == "atlas.example"
        assert not certificate.properties.get("SubjectAlternativeNames")


def test_a_service_is_told_of_its_secrets_revision_and_one_without_secrets_of_none(
    stacks: tuple[manifest.Stack, ...],
) -> None:
    told = Counter(
        (task["Family"], pair["Value"])
        for task in of_type(stacks, "AWS::ECS::TaskDefinition")
        for container in task["ContainerDefinitions"]
        for pair in container.get("Environment", ())
        if pair["Name"] == "CREDENTIALS_REVISION"
    )

    # Shard 1 of both regions, and shard 2 of one.
    assert told == {("atlas-web", "1.0"): 2, ("atlas-web-2", "1.0"): 1}


def test_a22_no_finding_is_left_unacknowledged(worldwide: Assembly) -> None:
    assert findings.left(worldwide) == set()
