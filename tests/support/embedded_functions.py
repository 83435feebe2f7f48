"""What the functions of tenants are told by a deployment, and what another deployment would tell them."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from support.embedded_place import PREFIX, Place

Template = dict[str, Any]
OF_RELEASES = ("FunctionsStack", "FunctionsPlan")
"""Functions that know which template is that of the last deploy."""


class Functions(Place):
    """Functions of the stack that makes tenants, told otherwise for a while."""

    @contextmanager
    def quota(self, name: str, most: int) -> Iterator[None]:
        """A region that may have no more of something."""
        tier = json.loads(self._told("FunctionsAdmit")["TIER"])
        bent = {**tier, "quotas": {**tier["quotas"], name: most}}
        with self._telling("FunctionsAdmit", TIER=json.dumps(bent)):
            yield

    @contextmanager
    def release(self, change: Callable[[Template], None], **place: str) -> Iterator[str]:
        """A later deploy, whose template of tenants is a changed one, told more of its place; its hash."""
        told, s3 = self._told("FunctionsStack"), self.client("s3")
        url, release = told["TEMPLATE_URL"], told["RELEASE"]
        bucket, _, key = urlsplit(url).path.lstrip("/").partition("/")
        template = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        change(template)
        body = json.dumps(template)
        later = sha256(body.encode()).hexdigest()
        s3.put_object(Bucket=bucket, Key=key.replace(release, later), Body=body.encode())
        with ExitStack() as stack:
            for name in OF_RELEASES:
                new = {"TEMPLATE_URL": url.replace(release, later), "RELEASE": later}
                told_more = json.dumps({**json.loads(told["PLACE"]), **place})
                stack.enter_context(self._telling(name, **new, PLACE=told_more))
            yield later

    @contextmanager
    def _telling(self, name: str, **bent: str) -> Iterator[None]:
        told = self._told(name)
        self._tell(name, {**told, **bent})
        try:
            yield
        finally:
            self._tell(name, told)

    def _told(self, name: str) -> dict[str, str]:
        found = self.client("lambda").get_function_configuration(FunctionName=self._function(name))
        return dict(found["Environment"]["Variables"])

    def _tell(self, name: str, told: dict[str, str]) -> None:
        self.client("lambda").update_function_configuration(
            FunctionName=self._function(name), Environment={"Variables": told}
        )

    def _function(self, logical_id: str) -> str:
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        found = pages.paginate(StackName=f"{PREFIX}-tenants")
        for one in (one for page in found for one in page["StackResourceSummaries"]):
            is_function = one["ResourceType"] == "AWS::Lambda::Function"
            if is_function and one["LogicalResourceId"].startswith(logical_id):
                return str(one["PhysicalResourceId"])
        raise AssertionError(f"there is no function {logical_id}")
