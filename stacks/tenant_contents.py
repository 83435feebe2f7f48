"""What is written into the database and the secrets of a new tenant, as its state machine is told."""

from typing import Any

from cambium.tenant_parts import Contents
from config.database import Database
from config.deployment import Deployment
from config.names import words
from config.service import CacheUrl, DatabaseUrl, Generated, Service
from stacks.data import DataStack
from stacks.tenant_services import MIGRATION, MIGRATION_KEY, tenant_keys

OUTPUTS = "$.at.answer.outputs"
Told = dict[str, Any]


def contents(
    deployment: Deployment, data: DataStack, services: list[Service], config: Database, *, migration: Told
) -> Contents:
    """Of a tenant with these services."""
    owner = next(role.name for role in config.roles if role.kind == "owner")
    urls = {service.name: _urls(service, data, config) for service in services}
    migrates = {MIGRATION_KEY: _database_url(owner, config)}
    urls[MIGRATION] = _target(MIGRATION, {"Urls": migrates, "OperatorKeys": []})
    return Contents(
        roles=_event(
            {
                "MasterSecretArn.$": f"{OUTPUTS}.MasterSecret",
                **_place(config),
                "Roles": [
                    {
                        "Name": role.name,
                        "Kind": role.kind,
                        "SecretArn.$": f"{OUTPUTS}.RoleSecret{_word(role.name)}",
                    }
                    for role in config.roles
                ],
            }
        ),
        urls=urls,
        keys={
            service.name: {
                "source": data.service_secrets[service.name].secret_arn,
                "target.$": f"{OUTPUTS}.Secret{words(service.name)}",
                "keys": list(service.operator_keys),
            }
            for service in services
            if service.operator_keys
        },
        migration=migration,
    )


def _urls(service: Service, data: DataStack, config: Database) -> Told:
    urls: Told = {}
    for key in tenant_keys(service):
        source = service.secrets[key]
        if isinstance(source, DatabaseUrl):
            urls[key] = _database_url(source.role, config)
        elif isinstance(source, CacheUrl):
            urls[key] = _cache_url(data)
    generated = {key: one.length for key, one in service.secrets.items() if isinstance(one, Generated)}
    return _target(
        service.name,
        {"Urls": urls, "OperatorKeys": list(service.operator_keys), "GeneratedKeys": generated},
    )


def _target(name: str, properties: Told) -> Told:
    return _event({"TargetSecretArn.$": f"{OUTPUTS}.Secret{words(name)}", **properties})


def _database_url(role: str, config: Database) -> Told:
    return {
        "Kind": "postgres",
        "SecretArn.$": f"{OUTPUTS}.RoleSecret{_word(role)}",
        "Options": {"sslmode": "require"},
        **_place(config),
    }


def _cache_url(data: DataStack) -> Told:
    cache = data.cache
    assert cache is not None  # noqa: S101 - the model refuses a cache URL without a cache
    token = {"SecretArn": cache.auth_token.secret_arn} if cache.auth_token else {}
    encrypted = "true" if cache.auth_token else "false"
    return {"Kind": "redis", "Host": cache.endpoint, "Port": cache.port, "Tls": encrypted, **token}


def _place(config: Database) -> Told:
    return {
        "Host.$": f"{OUTPUTS}.DatabaseHost",
        "Port.$": f"{OUTPUTS}.DatabasePort",
        "Database": config.name,
    }


def _event(properties: Told) -> Told:
    return {"RequestType": "Create", "ResourceProperties": properties}


def _word(role: str) -> str:
    return words(role.replace("_", "-"))
