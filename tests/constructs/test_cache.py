"""What a Cache promises, beyond the one that the rows describe."""

import aws_cdk as cdk
import pytest

from cambium.cache import Cache
from config.cache import Cache as CacheConfig
from config.cache import NoTransitEncryption
from support.scenario import PRIVATE, BuiltOf, Define, scenario, some_group, some_vpc

GROUP = "AWS::ElastiCache::ReplicationGroup"
SECRET = "AWS::SecretsManager::Secret"


def cache(stack: cdk.Stack, **config: object) -> None:
    given = {"engine": "redis", "version": "7.1", "node_type": "t4g.micro", **config}
    Cache(
        stack,
        "Cache",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=some_group(stack),
        secret_name="shop/test/cache",
        config=CacheConfig.model_validate(given),
    )


@scenario
def one_node(stack: cdk.Stack) -> None:
    cache(stack)


@scenario
def clear_text(stack: cdk.Stack) -> None:
    cache(stack, transit_encryption=NoTransitEncryption(reason="development, with made-up data"))


@scenario
def valkey_with_replica(stack: cdk.Stack) -> None:
    cache(stack, engine="valkey", version="8.2", replicas=1, snapshot_days=7)


def test_one_node_does_not_promise_a_failover_that_elasticache_would_refuse(built: BuiltOf) -> None:
    group = built(one_node).the(GROUP)

    assert (group["NumCacheClusters"], group["AutomaticFailoverEnabled"], group["MultiAZEnabled"]) == (
        1,
        False,
        False,
    )


def test_a_replica_takes_over_from_another_zone(built: BuiltOf) -> None:
    group = built(valkey_with_replica).the(GROUP)

    assert (group["Engine"], group["EngineVersion"], group["NumCacheClusters"]) == ("valkey", "8.2", 2)
    assert (group["AutomaticFailoverEnabled"], group["MultiAZEnabled"]) == (True, True)
    assert group["SnapshotRetentionLimit"] == 7


@pytest.mark.parametrize("define", [one_node, valkey_with_replica])
def test_is_encrypted_and_asks_for_a_password(built: BuiltOf, define: Define) -> None:
    group = built(define).the(GROUP)

    assert group["TransitEncryptionEnabled"] is True
    assert "resolve:secretsmanager" in str(group["AuthToken"])
    assert built(define).the(SECRET)["GenerateSecretString"]["PasswordLength"] == 64


def test_clear_text_rules_a_password_out_and_stays_encrypted_at_rest(built: BuiltOf) -> None:
    group = built(clear_text).the(GROUP)

    assert group["TransitEncryptionEnabled"] is False
    assert "AuthToken" not in group.properties
    assert not built(clear_text).of_type(SECRET)
    assert group["AtRestEncryptionEnabled"] is True
