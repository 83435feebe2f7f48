"""The export of a tenant's database: looked for before anything is deleted, deleted when its time is over.

A task of the tenant has written it (``runtime/database``): a dump that only the backup key opens, and its
manifest, written last.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants.failure import StepError
from tenants.registry import read, remember
from tenants.settings import client, settings

logger = Logger()
OBJECT, MANIFEST = "database.dump.enc", "manifest.json"
NAMES = "export_names"
"""The fact that keeps under which names exports of a tenant may be; written before any is begun."""


@logger.inject_lambda_context
def check(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Find the export of this run.

    Raises:
        StepError: there is none, though its task ended well.
    """
    found = of([event["export"]])
    if not found:
        raise StepError(f"there is no export below s3://{settings().exports}/{event['export']}/")
    return {"key": found[0]["key"]}


@logger.inject_lambda_context
def drop(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Delete the export of a deletion that was taken back."""
    remove(event["export"])
    names = read(event["tenant"]).facts.get(NAMES, [])
    remember(event["tenant"], {NAMES: [name for name in names if name != event["export"]]})
    return {}


def of(names: Sequence[str]) -> list[dict[str, Any]]:
    """The exports under these names, as a certificate has them."""
    return [_described(key) for name in names for key in _keys(name) if key.endswith(f"/{MANIFEST}")]


def remove(name: str) -> None:
    """Delete everything below a name, and every older version of it."""
    s3, bucket = client("s3"), settings().exports
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=f"{name}/"):
        old = [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for kind in ("Versions", "DeleteMarkers")
            for one in page.get(kind, [])
        ]
        if not old:
            continue
        failed = s3.delete_objects(Bucket=bucket, Delete={"Objects": old, "Quiet": True}).get("Errors", [])
        if failed:
            raise StepError(f"s3://{bucket}/{failed[0]['Key']} was not deleted: {failed[0].get('Message')}")


def _keys(name: str) -> Iterator[str]:
    pages = client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=settings().exports, Prefix=f"{name}/"):
        yield from (one["Key"] for one in page.get("Contents", []))


def _described(key: str) -> dict[str, Any]:
    body = client("s3").get_object(Bucket=settings().exports, Key=key)["Body"].read()
    manifest = json.loads(body)
    return {
        "bucket": settings().exports,
        "key": f"{key.rpartition('/')[0]}/{OBJECT}",
        "sha256": manifest["sha256"],
        "size_bytes": manifest["size_bytes"],
        "rows": sum(table["rows"] for table in manifest["contents"]["tables"].values()),
        "encrypted_with": manifest["key_name"],
    }
