"""What makes tenants in a region: their template, the state machines, and the record of what they did."""

import json
from typing import Any

from aws_cdk import CfnOutput
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cambium import tenant_rights as rights
from cambium.arn import arn
from cambium.connection_secrets import ConnectionSecrets
from cambium.database_jobs import jobs_image
from cambium.fargate_platform import FargatePlatform
from cambium.tenant_api import TenantApi
from cambium.tenant_change import change
from cambium.tenant_creation import create
from cambium.tenant_deletion import delete
from cambium.tenant_functions import TenantFunctions
from cambium.tenant_ground import TenantGround
from cambium.tenant_lifecycle import (
    EXPORT_MINUTES,
    TIMEOUT_MINUTES,
    TenantMachine,
    export_task,
    migration_task,
    run_tasks,
)
from cambium.tenant_parts import Contents
from cambium.tenant_registry import TenantRegistry
from cambium.tenant_wave import WAVE_MINUTES, wave, wave_statements
from config.access import CACHE, DATABASE, LOAD_BALANCER
from config.alarms import Alarms
from config.database import Database
from config.deployment import Deployment
from config.region import Region, Shard
from config.service import Service
from config.tenancy import TenantTier
from stacks import tenant_moves
from stacks.base import CambiumStack
from stacks.compute import ComputeStack
from stacks.data import DataStack
from stacks.network import NetworkStack
from stacks.tenant_contents import contents
from stacks.tenant_publication import publish
from stacks.tenant_scaling import scaling_of, shared_scaling
from stacks.tenant_services import MIGRATION
from stacks.tenant_steps import TenantSteps
from stacks.tenant_template import EXPORT
from stacks.tenant_told import told

BUS = "default"


class TenantsStack(CambiumStack):
    """One per region. Its size does not depend on how many tenants there are.

    Attributes:
        registry: What each tenant is, and every operation on it.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        tier: TenantTier,
        database: Database,
        network: NetworkStack,
        data: DataStack,
        compute: ComputeStack,
    ) -> None:
        super().__init__(
            scope,
            "tenants",
            deployment=deployment,
            region=region,
            description=f"Makes tenants of the {tier.name} tier",
        )
        self._region, self._shard, self._tier, self._config = region, shard, tier, database
        self._network, self._data, self._compute = network, data, compute
        self._role_path = rights.role_path(deployment.system, deployment.environment.name, region.key)
        self._prefix = f"{deployment.stack_name('tenant', region)}-"
        self.registry = TenantRegistry(
            self, "Registry", name=self.stack_name, protected=deployment.environment.production
        ).table
        self._ground = TenantGround(
            self,
            "Ground",
            vpc=network.network.vpc,
            subnets=network.network.private_subnets,
            config=database,
            pool_group=network.groups[shard.key].group(DATABASE).security_group_id,
            insights=deployment.environment.container_insights,
        )
        self._jobs = jobs_image(self)
        steps = self._define_steps()
        self._define_machines(steps)
        machines = arn("states", f"stateMachine:{self.stack_name}")
        TenantApi(self, "Api", name=self.stack_name, function=steps.define_api(machines))

    def _define_steps(self) -> TenantSteps:
        deployment = self.deployment
        template = publish(
            self, deployment=deployment, region=self._region, tier=self._tier, database=self._config
        )
        functions = TenantFunctions(
            self, "Functions", told={"TIER": json.dumps(self._told), "PLACE": json.dumps(self._place())}
        )
        preparation = ConnectionSecrets(
            self,
            "Preparation",
            vpc=self._network.network.vpc,
            subnets=self._network.network.private_subnets,
            security_group=self._ground.preparation,
            version=deployment.environment.credentials_version,
        )
        return TenantSteps(
            functions,
            preparation,
            region=deployment.home.name,
            system=deployment.system,
            environment=deployment.environment.name,
            prefix=self._prefix,
            registry=self.registry.table_arn,
            routing=deployment.stack_name("routing"),
            bus=BUS,
            template=template,
            role=self._define_stack_role(),
            exports=self._exports,
        )

    @property
    def _exports(self) -> str | None:
        bucket = self.deployment.exports_bucket
        return self.deployment.bucket_name(bucket, self._region.name) if bucket else None

    @property
    def _told(self) -> dict[str, Any]:
        return told(
            self.deployment,
            self._tier,
            region=self._region,
            shard=self._shard,
            database=self._config,
            prefix=self._prefix,
            registry=self.registry.table_name,
            exports=self._exports,
        )

    def _place(self) -> dict[str, str]:
        """Parameters of the template that are the same for every tenant here."""
        groups, place = self._network.groups[self._shard.key], dict(self._ground.place)
        if isinstance(self.deployment.environment.alarms, Alarms):
            place["Topic"] = arn("sns", self.deployment.topic_name(self._region, self._shard))
        platform = self._compute.platform
        if isinstance(platform, FargatePlatform):
            balancer = platform.load_balancer
            place |= {
                "Cluster": self._ground.cluster.cluster_name,
                "Listener": balancer.listener.listener_arn,
                "LoadBalancerName": balancer.load_balancer.load_balancer_full_name,
                "LoadBalancerGroup": groups.group(LOAD_BALANCER).security_group_id,
            }
        else:
            for one in self._services:
                place[scaling_of(one)] = shared_scaling(
                    self, system=self.deployment.system, tier=self._tier, service=one
                )
        if self._exports is not None and self._data.backup_secret is not None:
            place |= {
                "JobsRepository": self._jobs.repository.repository_name,
                "JobsImage": self._jobs.image_tag,
                "BackupKey": self._data.backup_secret.secret_arn,
            }
        if self._data.cache is not None and any(one.uses_cache for one in self._services):
            place["CacheGroup"] = groups.group(CACHE).security_group_id
        return place

    @property
    def _services(self) -> list[Service]:
        return [one for one in self.deployment.services if one.name in self._tier.services]

    def _define_stack_role(self) -> iam.Role:
        deployment = self.deployment
        role = iam.Role(
            self,
            "StackRole",
            description="CloudFormation makes the stacks of tenants with it",
            assumed_by=iam.ServicePrincipal("cloudformation.amazonaws.com"),
        )
        statements = rights.of_stack_role(
            deployment.system, deployment.environment.name, prefix=self._prefix, path=self._role_path
        )
        return rights.given(role, statements)

    def _define_machines(self, steps: TenantSteps) -> None:
        deployment = self.deployment
        told = contents(
            deployment,
            self._data,
            self._services,
            self._config,
            migration=migration_task(self._ground.cluster, self._ground.subnets),
        )
        sources = [self._data.service_secrets[service.name] for service in self._services]
        cache = self._data.cache
        steps.define(sources=sources, cache_token=cache.auth_token if cache else None)
        migrates = self._run_tasks(MIGRATION)
        for verb, definition in (
            ("create", create(steps.functions, told)),
            ("change", change(steps.functions, told)),
        ):
            self._define_machine(verb, definition, steps.arns(verb), migrates)
        self._define_deletion(steps)
        self._define_moves(steps, told)
        self._define_wave(steps)

    def _define_deletion(self, steps: TenantSteps) -> None:
        exports = self.deployment.exports_bucket is not None
        export = export_task(self._ground.cluster, self._ground.subnets) if exports else None
        self._define_machine(
            "delete",
            delete(steps.functions, export),
            steps.arns("delete"),
            self._run_tasks(EXPORT) if exports else [],
            timeout_minutes=TIMEOUT_MINUTES + (EXPORT_MINUTES if exports else 0),
        )

    def _define_moves(self, steps: TenantSteps, told: Contents) -> None:
        results = tenant_moves.define_bucket(self, self.deployment, self._region)
        tenant_moves.define_functions(steps, results)
        logins = tenant_moves.logins(self.deployment, self._data, self._config)
        mover = tenant_moves.define_mover(
            self, self.deployment, self._region, self._ground, self._jobs, logins=logins, results=results
        )
        moves = tenant_moves.moves_of(steps, mover, self._data, self._config)
        self._define_machine(
            "move",
            tenant_moves.move_definition(steps.functions, told, moves),
            steps.arns("move"),
            [*mover.statements(), *self._run_tasks(MIGRATION)],
            timeout_minutes=TIMEOUT_MINUTES + tenant_moves.LONGEST_MINUTES,
        )
        machine = self._define_machine(
            "clear",
            tenant_moves.clear_definition(steps, moves),
            steps.arns_of_clearing,
            mover.statements(),
            timeout_minutes=24 * 60,
        )
        tenant_moves.every_day(self, machine)

    def _run_tasks(self, what: str) -> list[iam.PolicyStatement]:
        return run_tasks(self._ground.cluster, system=self.deployment.system, path=self._role_path, what=what)

    def _define_wave(self, steps: TenantSteps) -> None:
        changes = f"{self.stack_name}-change"
        machine = arn("states", f"stateMachine:{changes}")
        functions = [steps.plan.function_arn, steps.judge.function_arn]
        definition = wave(plan=functions[0], judge=functions[1], change=machine)
        self._define_machine(
            "wave",
            definition,
            functions,
            wave_statements(machine, changes),
            timeout_minutes=WAVE_MINUTES,
        )

    def _define_machine(
        self,
        verb: str,
        definition: dict[str, Any],
        functions: list[str],
        statements: list[iam.PolicyStatement],
        *,
        timeout_minutes: int = TIMEOUT_MINUTES,
    ) -> sfn.StateMachine:
        machine = TenantMachine(
            self,
            verb.capitalize(),
            name=f"{self.stack_name}-{verb}",
            definition=definition,
            functions=functions,
            statements=statements,
            what=f"Tenants of {self.deployment.system} {self.deployment.environment.name}: {verb}",
            timeout_minutes=timeout_minutes,
        ).state_machine
        CfnOutput(
            self,
            f"{verb.capitalize()}Machine",
            value=machine.state_machine_arn,
            description=f"Tenants: {verb}",
        )
        return machine
