"""The chatbot platform grows by one number: more of everything around the data, and none of it replaced."""

from support.assembly import Assembly
from support.growth import guarded


def test_files_and_queues_are_among_what_is_guarded(chatbot_production: Assembly) -> None:
    kinds = {one.type for one in guarded(chatbot_production).values()}

    assert {"AWS::EFS::FileSystem", "AWS::EFS::AccessPoint", "AWS::SQS::Queue"} <= kinds


def test_growing_takes_larger_machines_replicas_and_a_second_task_of_each(
    chatbot_production: Assembly, chatbot_grown: Assembly
) -> None:
    both = (chatbot_production, chatbot_grown)
    databases = [[one["DBInstanceClass"] for one in it.of_type("AWS::RDS::DBInstance")] for it in both]
    gateways = [len(it.of_type("AWS::EC2::NatGateway")) for it in both]
    targets = chatbot_grown.of_type("AWS::ApplicationAutoScaling::ScalableTarget", "compute")

    assert databases == [["db.t4g.small"], ["db.t4g.large", "db.t4g.large"]]
    assert gateways == [1, 2]
    # Weaviate stays one: two would write one set of files.
    assert sorted(one["MinCapacity"] for one in targets) == [1, 2, 2, 2, 2, 2]


def test_the_back_end_is_told_of_the_replica_once_there_is_one(
    chatbot_production: Assembly, chatbot_grown: Assembly
) -> None:
    def told(assembly: Assembly) -> set[str]:
        task = assembly.the("AWS::ECS::TaskDefinition", "compute", Family="chatbot-backend")
        return {one["Name"] for one in task["ContainerDefinitions"][0]["Secrets"]}

    assert told(chatbot_grown) - told(chatbot_production) == {"DATABASE_REPLICA_URLS"}
