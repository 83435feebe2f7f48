"""App Runner as records: services answer describe calls, but no container runs."""

import time
import uuid
from functools import partial

from emulator.services.base import ApiError, Body, Record, Service, Tenant

SERVICE, CONNECTOR, SCALING = "Service", "VpcConnector", "AutoScalingConfiguration"


class AppRunner(Service):
    """The operations a deployment, its checks and an operator use.

    An operation is over as soon as it was asked for. Custom domains stay pending, because nobody
    answers for their DNS records.
    """

    def __init__(self) -> None:
        super().__init__()
        for kind in (SERVICE, CONNECTOR, SCALING):
            self._operations[f"Describe{kind}"] = partial(self._describe, kind)
            self._operations[f"Delete{kind}"] = partial(self._delete, kind)
        self._operations |= {
            "CreateService": self._create_service,
            "CreateVpcConnector": partial(self._create_revision, CONNECTOR),
            "CreateAutoScalingConfiguration": partial(self._create_revision, SCALING),
            "UpdateService": self._update_service,
            "PauseService": partial(self._operate, "PAUSE_SERVICE", "PAUSED"),
            "ResumeService": partial(self._operate, "RESUME_SERVICE", "RUNNING"),
            "StartDeployment": partial(self._operate, "START_DEPLOYMENT", "RUNNING"),
            "ListServices": partial(self._list, SERVICE, "ServiceSummaryList"),
            "ListVpcConnectors": partial(self._list, CONNECTOR, "VpcConnectors"),
            "ListAutoScalingConfigurations": partial(
                self._list, SCALING, "AutoScalingConfigurationSummaryList"
            ),
            "ListOperations": self._list_operations,
            "AssociateCustomDomain": self._associate_domain,
            "DisassociateCustomDomain": self._disassociate_domain,
            "DescribeCustomDomains": self._describe_domains,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": lambda body, tenant: {"Tags": self._tags(body, tenant)},
        }

    def _create_service(self, body: Body, tenant: Tenant) -> Body:
        name = body["ServiceName"]
        services = self.records(tenant, SERVICE)
        if any(service["ServiceName"] == name for service in services.values()):
            raise ApiError("InvalidRequestException", f"service already exists: {name}")
        service_id = uuid.uuid4().hex
        arn = tenant.arn("apprunner", f"service/{name}/{service_id}")
        services[arn] = {
            **body,
            "ServiceArn": arn,
            "ServiceId": service_id,
            "ServiceUrl": f"{service_id[:10]}.{tenant.region}.awsapprunner.com",
            "CreatedAt": time.time(),
        }
        self._scale(services[arn], tenant)
        return self._operate("CREATE_SERVICE", "RUNNING", {"ServiceArn": arn}, tenant)

    def _update_service(self, body: Body, tenant: Tenant) -> Body:
        service = self.find(tenant, SERVICE, body["ServiceArn"])
        service.update(body)
        self._scale(service, tenant)
        return self._operate("UPDATE_SERVICE", "RUNNING", body, tenant)

    def _scale(self, service: Record, tenant: Tenant) -> None:
        arn = service.get("AutoScalingConfigurationArn")
        if arn:
            service["AutoScalingConfigurationSummary"] = self.find(tenant, SCALING, arn)

    def _operate(self, operation: str, status: str, body: Body, tenant: Tenant) -> Body:
        service = self.find(tenant, SERVICE, body["ServiceArn"])
        now, operation_id = time.time(), str(uuid.uuid4())
        service.update(Status=status, UpdatedAt=now)
        self.records(tenant, "Operation")[operation_id] = {
            "Id": operation_id,
            "Type": operation,
            "Status": "SUCCEEDED",
            "TargetArn": service["ServiceArn"],
            **dict.fromkeys(("StartedAt", "EndedAt", "UpdatedAt"), now),
        }
        return {"Service": service, "OperationId": operation_id}

    def _create_revision(self, kind: str, body: Body, tenant: Tenant) -> Body:
        name = body[f"{kind}Name"]
        earlier = [r for r in self.records(tenant, kind).values() if r[f"{kind}Name"] == name]
        revision = 1 + max((record[f"{kind}Revision"] for record in earlier), default=0)
        for record in earlier:
            record["Latest"] = False
        rest = f"{kind.lower()}/{name}/{revision}/{uuid.uuid4().hex}"
        record = {
            **body,
            f"{kind}Arn": tenant.arn("apprunner", rest),
            f"{kind}Revision": revision,
            "Latest": True,
            "Status": "ACTIVE",
            "CreatedAt": time.time(),
        }
        self.records(tenant, kind)[record[f"{kind}Arn"]] = record
        return {kind: record}

    def _describe(self, kind: str, body: Body, tenant: Tenant) -> Body:
        return {kind: self.find(tenant, kind, body[f"{kind}Arn"])}

    def _delete(self, kind: str, body: Body, tenant: Tenant) -> Body:
        record = self.find(tenant, kind, body[f"{kind}Arn"])
        del self.records(tenant, kind)[body[f"{kind}Arn"]]
        return {kind: record, "OperationId": str(uuid.uuid4())}

    def _list(self, kind: str, answer: str, body: Body, tenant: Tenant) -> Body:
        return {answer: list(self.records(tenant, kind).values())}

    def _list_operations(self, body: Body, tenant: Tenant) -> Body:
        operations = self.records(tenant, "Operation").values()
        ours = [record for record in operations if record["TargetArn"] == body["ServiceArn"]]
        return {"OperationSummaryList": ours[::-1]}

    def _associate_domain(self, body: Body, tenant: Tenant) -> Body:
        service = self.find(tenant, SERVICE, body["ServiceArn"])
        domain = {
            "DomainName": body["DomainName"],
            "EnableWWWSubdomain": body.get("EnableWWWSubdomain", True),
            "Status": "pending_certificate_dns_validation",
        }
        self.records(tenant, "Domain")[body["ServiceArn"], body["DomainName"]] = domain
        return self._domain_answer(service) | {"CustomDomain": domain}

    def _disassociate_domain(self, body: Body, tenant: Tenant) -> Body:
        service = self.find(tenant, SERVICE, body["ServiceArn"])
        key = (body["ServiceArn"], body["DomainName"])
        domain = self.find(tenant, "Domain", key)
        del self.records(tenant, "Domain")[key]
        return self._domain_answer(service) | {"CustomDomain": domain}

    def _describe_domains(self, body: Body, tenant: Tenant) -> Body:
        service = self.find(tenant, SERVICE, body["ServiceArn"])
        domains = self.records(tenant, "Domain").items()
        ours = [domain for (arn, _), domain in domains if arn == body["ServiceArn"]]
        return self._domain_answer(service) | {"CustomDomains": ours}

    def _domain_answer(self, service: Record) -> Body:
        place = {"DNSTarget": service["ServiceUrl"], "ServiceArn": service["ServiceArn"]}
        return place | {"VpcDNSTargets": []}

    def _tags(self, body: Body, tenant: Tenant) -> list[dict[str, str]]:
        arn = body["ResourceArn"]
        for kind in (SERVICE, CONNECTOR, SCALING):
            if arn in self.records(tenant, kind):
                tags: list[dict[str, str]] = self.records(tenant, kind)[arn].setdefault("Tags", [])
                return tags
        raise ApiError("ResourceNotFoundException", f"resource not found: {arn}")

    def _tag(self, body: Body, tenant: Tenant) -> Body:
        self._untag(body | {"TagKeys": [tag["Key"] for tag in body["Tags"]]}, tenant)
        self._tags(body, tenant).extend(body["Tags"])
        return {}

    def _untag(self, body: Body, tenant: Tenant) -> Body:
        tags = self._tags(body, tenant)
        tags[:] = [tag for tag in tags if tag["Key"] not in body["TagKeys"]]
        return {}
