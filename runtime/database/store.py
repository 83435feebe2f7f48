"""A bucket: objects of any size in constant memory, and none that is only half there."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from database import log
from database.failure import DamagedError, JobError

SMALL_PART_BYTES, SMALL_PARTS = 16 << 20, 2000
LARGE_PART_BYTES, MOST_PARTS = 64 << 20, 10_000
"""S3 takes 10,000 parts: 32 GB in small ones, and half a terabyte in all."""
_IN_FLIGHT = 2
_MISSING = {"404", "NoSuchKey", "NotFound"}
_IN_ARCHIVE = "InvalidObjectState"


class Upload:
    """A multipart upload, one part in memory and at most two on their way.

    Attributes:
        size: Bytes written.
        digest: Their SHA-256.
    """

    def __init__(self, client: Any, bucket: str, key: str, upload_id: str) -> None:
        self._client, self._place = client, {"Bucket": bucket, "Key": key, "UploadId": upload_id}
        self._buffer = bytearray()
        self._parts: list[Future[dict[str, Any]]] = []
        self._pool = ThreadPoolExecutor(_IN_FLIGHT, thread_name_prefix="upload")
        self.size, self.digest = 0, sha256()

    def write(self, data: bytes) -> None:
        """Add to the object."""
        self.size += len(data)
        self.digest.update(data)
        self._buffer += data
        if len(self._buffer) >= self._part_bytes:
            self._send()

    def complete(self) -> int:
        """Make it an object; return the number of its parts."""
        if self._buffer:
            self._send()
        parts = [part.result() for part in self._parts]
        self._client.complete_multipart_upload(**self._place, MultipartUpload={"Parts": parts})
        self._pool.shutdown()
        return len(parts)

    def abort(self) -> None:
        """Leave nothing; what fails here is left to the bucket's own rule for unfinished uploads."""
        self._pool.shutdown(cancel_futures=True)
        try:
            self._client.abort_multipart_upload(**self._place)
        except (BotoCoreError, ClientError) as error:
            log.error("an unfinished upload stays until the bucket's rule ends it", why=_said(error))

    @property
    def _part_bytes(self) -> int:
        return SMALL_PART_BYTES if len(self._parts) < SMALL_PARTS else LARGE_PART_BYTES

    def _send(self) -> None:
        if len(self._parts) == MOST_PARTS:
            raise JobError(f"the dump is larger than S3 takes in {MOST_PARTS} parts ({self.size} bytes)")
        if len(self._parts) >= _IN_FLIGHT:
            self._parts[-_IN_FLIGHT].result()
        number, body, self._buffer = len(self._parts) + 1, bytes(self._buffer), bytearray()
        self._parts.append(self._pool.submit(self._put, number, body))

    def _put(self, number: int, body: bytes) -> dict[str, Any]:
        answer = self._client.upload_part(**self._place, PartNumber=number, Body=body)
        return {"PartNumber": number, "ETag": answer["ETag"]}


class Store:
    """One bucket."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        # A part is tried again by itself; a connection that says nothing for a minute is given up.
        config = Config(retries={"mode": "standard", "max_attempts": 5}, read_timeout=60, connect_timeout=10)
        self._client: Any = boto3.client("s3", config=config)

    @contextmanager
    def upload(self, key: str) -> Iterator[Upload]:
        """Write an object: nothing is there unless the block called ``complete``.

        Raises:
            JobError: S3 refused.
        """
        with self._speaking(key):
            answer = self._client.create_multipart_upload(
                Bucket=self.bucket, Key=key, ContentType="application/octet-stream"
            )
            upload = Upload(self._client, self.bucket, key, answer["UploadId"])
            try:
                yield upload
            except BaseException:
                upload.abort()
                raise

    def put(self, key: str, body: bytes) -> None:
        """Write a small object."""
        with self._speaking(key):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")

    def get(self, key: str) -> bytes:
        """Read a small object."""
        with self._speaking(key):
            return bytes(self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def size(self, key: str) -> int:
        """Bytes of an object."""
        with self._speaking(key):
            return int(self._client.head_object(Bucket=self.bucket, Key=key)["ContentLength"])

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that begins so."""
        with self._speaking(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                yield from (one["Key"] for one in page.get("Contents", []))

    def read(self, key: str, size: int) -> Iterator[bytes]:
        """Read an object in pieces, one ahead; each is a request, so a lost connection loses little."""
        starts = range(0, size, SMALL_PART_BYTES)
        with self._speaking(key), ThreadPoolExecutor(1, thread_name_prefix="download") as pool:
            ahead: Future[bytes] | None = None
            for start in [*starts, None]:
                piece = ahead.result() if ahead else None
                ahead = pool.submit(self._range, key, start, size) if start is not None else None
                if piece:
                    yield piece

    def _range(self, key: str, start: int, size: int) -> bytes:
        end = min(start + SMALL_PART_BYTES, size) - 1
        answer = self._client.get_object(Bucket=self.bucket, Key=key, Range=f"bytes={start}-{end}")
        return bytes(answer["Body"].read())

    @contextmanager
    def _speaking(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _MISSING:
                raise DamagedError(f"there is no object s3://{self.bucket}/{key}") from None
            if code == _IN_ARCHIVE:
                raise JobError(
                    f"s3://{self.bucket}/{key} is in an archive storage class: bring it back first with "
                    f"aws s3api restore-object, which takes hours"
                ) from None
            raise JobError(f"S3 refused s3://{self.bucket}/{key}: {_said(error)}") from None
        except BotoCoreError as error:
            raise JobError(f"S3 did not answer for s3://{self.bucket}/{key}: {_said(error)}") from None


def _said(error: Exception) -> str:
    return " ".join(str(error).split())
