"""ReptiDex grows by one number: more of everything around the data, and none of it replaced."""

from ops.outcome import ExitCode
from ops.plan.prover import prove
from support.assembly import Assembly
from support.planted import real


def test_growing_loses_moves_and_replaces_nothing_that_holds_data(
    reptidex_production: Assembly, reptidex_grown: Assembly
) -> None:
    assert prove(real(reptidex_production), real(reptidex_grown)).outcome == ExitCode.OK
    assert reptidex_production.templates.keys() == reptidex_grown.templates.keys()


def test_growing_takes_larger_machines_a_replica_and_a_task_in_each_zone(
    reptidex_production: Assembly, reptidex_grown: Assembly
) -> None:
    databases = [one.of_type("AWS::RDS::DBInstance") for one in (reptidex_production, reptidex_grown)]
    least = {
        one["MinCapacity"]
        for one in reptidex_grown.of_type("AWS::ApplicationAutoScaling::ScalableTarget", "compute")
    }

    assert [[one["DBInstanceClass"] for one in found] for found in databases] == [
        ["db.t4g.small"],
        ["db.t4g.large", "db.t4g.large"],
    ]
    assert reptidex_grown.the("AWS::ElastiCache::ReplicationGroup")["CacheNodeType"] == "cache.t4g.medium"
    assert least == {3}


def test_back_ends_are_told_of_the_replica_once_there_is_one(
    reptidex_production: Assembly, reptidex_grown: Assembly
) -> None:
    def told(assembly: Assembly) -> set[str]:
        task = assembly.the("AWS::ECS::TaskDefinition", "compute", Family="reptidex-repti-animal")
        return {one["Name"] for one in task["ContainerDefinitions"][0]["Secrets"]}

    assert told(reptidex_grown) - told(reptidex_production) == {"DATABASE_REPLICA_URLS"}
