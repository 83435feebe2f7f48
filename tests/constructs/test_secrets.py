"""What secrets and the function that fills them promise."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

import cambium.lambda_code
from cambium.connection_secrets import ConnectionSecrets, RoleLogin, SecretContents
from cambium.service_secret import RoleSecret, ServiceSecret
from support.scenario import PRIVATE, Built, BuiltOf, Define, scenario, some_group, some_vpc

SECRET = "AWS::SecretsManager::Secret"


def secrets(stack: cdk.Stack, *, version: int) -> None:
    master = RoleSecret(stack, "Master", secret_name="shop/test/master", username="shop_admin").secret
    role = RoleSecret(stack, "Role", secret_name="shop/test/shop", username="shop").secret
    service = ServiceSecret(stack, "Service", secret_name="shop/test/api", description="URLs").secret
    writer = ConnectionSecrets(
        stack,
        "ConnectionSecrets",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=some_group(stack),
        version=version,
    )
    writer.define_roles(
        "Roles",
        master=master,
        host="db.test",
        port="5432",
        database="shop",
        roles=[RoleLogin(name="shop", kind="owner", secret=role)],
    )
    url = {"Kind": "postgres", "Host": "db.test", "Port": "5432", "SecretArn": role.secret_arn}
    contents = SecretContents(words="Api", secret=service, urls={"DATABASE_URL": url}, operator_keys=["KEY"])
    writer.define_urls("Urls", targets=[contents], sources=[role])


@scenario
def first_version(stack: cdk.Stack) -> None:
    secrets(stack, version=1)


@scenario
def second_version(stack: cdk.Stack) -> None:
    secrets(stack, version=2)


def custom(built: Built) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for resource in built.template["Resources"].values()
        if resource["Type"].startswith("Custom::")
    ]


def test_a_services_secret_has_no_value_in_the_template(built: BuiltOf) -> None:
    secret = built(first_version).the(SECRET, Name="shop/test/api")

    # One would overwrite what an operator put in, at the next change.
    assert not {"SecretString", "GenerateSecretString"} & secret.properties.keys()
    assert secret.outlives_its_stack


def test_a_roles_password_fits_into_a_url_without_escaping(built: BuiltOf) -> None:
    made = built(first_version).the(SECRET, Name="shop/test/shop")["GenerateSecretString"]

    assert json.loads(made["SecretStringTemplate"]) == {"username": "shop"}
    assert set("/@\" :?#[]&%+'") <= set(made["ExcludeCharacters"])
    assert made["PasswordLength"] >= 32


def test_raising_the_version_writes_everything_again(built: BuiltOf) -> None:
    versions = [{properties["Version"] for properties in custom(built(define))} for define in VERSIONS]

    assert versions == [{"1"}, {"2"}]


VERSIONS: tuple[Define, Define] = (first_version, second_version)


def test_the_functions_stand_inside_the_network_in_the_group_they_are_given(built: BuiltOf) -> None:
    ours = [
        one
        for one in built(first_version).of_type("AWS::Lambda::Function")
        if one["Handler"].startswith("connection_secrets.")
    ]

    assert {one["Handler"] for one in ours} == {
        "connection_secrets.roles_handler.on_event",
        "connection_secrets.urls_handler.on_event",
    }
    for function in ours:
        assert function["VpcConfig"]["SecurityGroupIds"] == ["sg-12345678"]
        assert function["VpcConfig"]["SubnetIds"] == ["subnet-private1", "subnet-private2"]


def test_no_environment_value_or_property_holds_a_password(built: BuiltOf) -> None:
    text = json.dumps(built(first_version).template)

    assert "{{resolve:" not in text
    assert "SecretString:password" not in text


def test_without_its_libraries_the_app_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cambium.lambda_code, "LAYER", tmp_path)

    with pytest.raises(FileNotFoundError, match="make setup"):
        cambium.lambda_code.libraries_layer(cdk.Stack(), "Libraries")
