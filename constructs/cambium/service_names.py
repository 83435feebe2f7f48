"""How services of one product find each other by name: ECS Service Connect, in a namespace of the shard."""

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from config.service import Service


class ServiceNames(Construct):
    """A namespace in which ``http://backend:6000`` is the service ``backend`` on its own port.

    A name opens no door: who may connect is in the security groups. It speaks TCP, not HTTP, so that
    WebSockets and long answers are not cut off by a time limit for requests.

    Attributes:
        namespace: The namespace; nothing outside ECS can look into it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, services: list[Service]) -> None:
        super().__init__(scope, construct_id)
        self.namespace = servicediscovery.HttpNamespace(self, "Namespace", name=name)
        self._called = {name for service in services for name in service.calls}

    def is_called(self, service: Service) -> bool:
        """Whether somebody looks for it by name."""
        return service.name in self._called

    def of(self, service: Service, log: logs.ILogGroup) -> ecs.ServiceConnectProps | None:
        """What an ECS service is told; None where it neither calls nor is called."""
        if not (service.calls or self.is_called(service)):
            return None
        return ecs.ServiceConnectProps(
            namespace=self.namespace.namespace_arn,
            services=[
                ecs.ServiceConnectService(
                    port_mapping_name=service.name,
                    discovery_name=service.name,
                    dns_name=service.name,
                    port=service.port,
                )
            ]
            if self.is_called(service)
            else [],
            log_driver=ecs.LogDrivers.aws_logs(stream_prefix="service-connect", log_group=log),
        )
