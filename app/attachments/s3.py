"""Bytes in a bucket of anything that speaks S3: MinIO, Garage, Ceph, R2, AWS itself."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import IO, TypeVar, cast

import urllib3
from minio import Minio
from minio.error import MinioException
from sqlalchemy import Connection, delete, func, insert
from sqlalchemy.orm import Session

from app.attachments.interfaces import StorageAway, StorageKind
from app.attachments.models import BlobRemoval
from app.config.media import Bucket
from app.db.pieces import PIECE
from app.db.session import Database

TIMEOUT = urllib3.Timeout(connect=5, read=20)
TRIES = urllib3.Retry(2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])
PART = 5 * PIECE  # the least that S3 takes as a part, and the most of a file that is in memory
UNSETTLED = timedelta(hours=1)  # what no row has by then goes

T = TypeVar("T")


class InBucket:
    kind = StorageKind.S3

    def __init__(self, db: Database, bucket: Bucket) -> None:
        self._db = db
        self._bucket, self._prefix = bucket.name, bucket.prefix
        self._client = Minio(
            endpoint=bucket.endpoint, access_key=bucket.access_key, secret_key=bucket.secret_key,
            session_token=bucket.session_token or None, secure=bucket.secure, region=bucket.region,
            http_client=urllib3.PoolManager(timeout=TIMEOUT, retries=TRIES, maxsize=16),
        )  # fmt: skip

    def prepare(self, blob_id: str, file: IO[bytes], size: int) -> None:
        """First it is written down that the object goes: whatever ends this process, none stays for nobody."""
        with self._db.begin() as session:
            due = func.clock_timestamp() + UNSETTLED
            session.execute(insert(BlobRemoval).values(blob_id=blob_id, due_at=due))
        file.seek(0)
        _asked(
            lambda: self._client.put_object(
                bucket_name=self._bucket, object_name=self._name(blob_id), data=cast(io.BytesIO, file), length=size,
                part_size=PART,
            )
        )  # fmt: skip

    def settle(self, session: Session, blob_id: str, file: IO[bytes]) -> None:
        session.execute(delete(BlobRemoval).where(BlobRemoval.blob_id == blob_id))

    def open(self, blob_id: str, size: int) -> IO[bytes]:
        """Whoever answers with it learns before its first byte that it is away."""
        _asked(lambda: self._client.stat_object(bucket_name=self._bucket, object_name=self._name(blob_id)))
        return cast(IO[bytes], BucketFile(lambda at: self._read(blob_id, at), size))

    def pieces(self, connection: Connection, blob_id: str, size: int) -> Iterator[bytes]:
        with closing(self.open(blob_id, size)) as file:
            while data := file.read(PIECE):
                yield data

    def remove(self, blob_id: str) -> None:
        _asked(lambda: self._client.remove_object(bucket_name=self._bucket, object_name=self._name(blob_id)))

    def _read(self, blob_id: str, at: int) -> urllib3.BaseHTTPResponse:
        return _asked(
            lambda: self._client.get_object(bucket_name=self._bucket, object_name=self._name(blob_id), offset=at)
        )

    def _name(self, blob_id: str) -> str:
        return f"{self._prefix}{blob_id}"


class BucketFile(io.RawIOBase):
    """An object as it is read: one request for each place that reading begins at."""

    def __init__(self, begin: Callable[[int], urllib3.BaseHTTPResponse], size: int) -> None:
        super().__init__()
        self._begin, self._size, self._at = begin, size, 0
        self._body: urllib3.BaseHTTPResponse | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._let_go()
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        if not wanted:
            return b""
        self._body = self._body or self._begin(self._at)
        data = _asked(lambda body=self._body: body.read(wanted))  # type: ignore[misc]
        if len(data) < wanted:
            raise StorageAway
        self._at += len(data)
        return bytes(data)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        """A response that was not read to its end takes its connection along."""
        if self._body is not None:
            self._body.close()
            self._body.release_conn()
        self._body = None


def _asked(call: Callable[[], T]) -> T:
    try:
        return call()
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise StorageAway from error
