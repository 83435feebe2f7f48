"""Which ports of the internet a service may reach."""

from config.catalog import load_system


def outgoing(ports: tuple[int, ...]) -> set[tuple[str, int]]:
    described = load_system("restartix")
    core, telemetry = described.services
    services = (core, telemetry.model_copy(update={"reaches": ports}))
    deployment = described.model_copy(update={"services": services}).resolve("production")
    return {(rule.source, rule.port) for rule in deployment.access if rule.target == "internet"}


def test_only_https_goes_out_unless_a_service_says_otherwise() -> None:
    assert outgoing(()) == {("compute", 443)}
    assert outgoing((8443,)) == {("compute", 443), ("compute", 8443)}
