"""Application Auto Scaling as records: nothing scales by itself."""

import time
import uuid
from collections.abc import Iterable

from emulator.services.base import ApiError, Body, Record, Service, Tenant

TARGET, POLICY = "ScalableTarget", "ScalingPolicy"
Key = tuple[str, str, str]


class AutoScaling(Service):
    """Scalable targets and scaling policies; scheduled actions are not emulated."""

    def __init__(self) -> None:
        super().__init__()
        self._operations |= {
            "RegisterScalableTarget": self._register,
            "DeregisterScalableTarget": self._deregister,
            "DescribeScalableTargets": self._describe_targets,
            "PutScalingPolicy": self._put_policy,
            "DeleteScalingPolicy": self._delete_policy,
            "DescribeScalingPolicies": self._describe_policies,
        }

    def _register(self, body: Body, tenant: Tenant) -> Body:
        targets = self.records(tenant, TARGET)
        rest = f"scalable-target/{uuid.uuid4().hex[:24]}"
        new: Record = {
            "ScalableTargetARN": tenant.arn("application-autoscaling", rest),
            "CreationTime": time.time(),
            "RoleARN": f"arn:aws:iam::{tenant.account}:role/aws-service-role",
        }
        target = targets.setdefault(_key(body), new)
        target.update(body)  # a limit that is not given stays as it was
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    def _deregister(self, body: Body, tenant: Tenant) -> Body:
        self.find(tenant, TARGET, _key(body))
        del self.records(tenant, TARGET)[_key(body)]
        policies = self.records(tenant, POLICY)
        for key in [key for key in policies if key[:3] == _key(body)]:
            del policies[key]
        return {}

    def _describe_targets(self, body: Body, tenant: Tenant) -> Body:
        wanted = body.get("ResourceIds")
        found = _matching(self.records(tenant, TARGET).values(), body)
        return {"ScalableTargets": [t for t in found if not wanted or t["ResourceId"] in wanted]}

    def _put_policy(self, body: Body, tenant: Tenant) -> Body:
        if _key(body) not in self.records(tenant, TARGET):
            raise ApiError("ObjectNotFoundException", f"no scalable target for {_key(body)}")
        namespace, resource, _ = _key(body)
        name = body["PolicyName"]
        rest = f"scalingPolicy:{uuid.uuid4()}:resource/{namespace}/{resource}:policyName/{name}"
        new: Record = {
            "PolicyARN": tenant.arn("autoscaling", rest),
            "CreationTime": time.time(),
        }
        policy = self.records(tenant, POLICY).setdefault((*_key(body), name), new)
        policy.update(body)
        return {"PolicyARN": policy["PolicyARN"], "Alarms": []}

    def _delete_policy(self, body: Body, tenant: Tenant) -> Body:
        key = (*_key(body), body["PolicyName"])
        self.find(tenant, POLICY, key)
        del self.records(tenant, POLICY)[key]
        return {}

    def _describe_policies(self, body: Body, tenant: Tenant) -> Body:
        wanted = body.get("PolicyNames")
        found = _matching(self.records(tenant, POLICY).values(), body)
        return {"ScalingPolicies": [p for p in found if not wanted or p["PolicyName"] in wanted]}


def _key(body: Body) -> Key:
    return body["ServiceNamespace"], body["ResourceId"], body["ScalableDimension"]


def _matching(records: Iterable[Record], body: Body) -> list[Record]:
    names = ("ServiceNamespace", "ResourceId", "ScalableDimension")
    asked = {name: body[name] for name in names if name in body}
    return [record for record in records if asked.items() <= record.items()]
