"""What is wrong is said, with nothing lost and nothing half restored."""

import json
import resource
from collections.abc import Callable

import pytest
from psycopg import sql

from database import contents, store
from database.sealed import SEGMENT_BYTES
from support.database_jobs import KEY, NAME, ROWS, Jobs, Site

pytestmark = pytest.mark.database


def untouched(site: Site) -> bool:
    """Whether there is one database, with all that was in it."""
    return (site.databases, site.rows()) == ({site.name}, ROWS)


def test_another_key_is_noticed_before_anything_is_made(site: Site, jobs: Jobs) -> None:
    jobs.dumped(site)

    assert jobs.run(site, "restore", BACKUP_ENCRYPTION_KEY="5f" * 32) == 3

    assert "use the key of that time" in jobs.error
    assert KEY not in json.dumps(jobs.said)
    assert untouched(site)


def test_a_cut_object_is_noticed_before_anything_is_made(site: Site, jobs: Jobs) -> None:
    key = f"{NAME}/{jobs.dumped(site)}/database.dump.enc"
    jobs.s3.put_object(Bucket=jobs.bucket, Key=key, Body=jobs.body(key)[:-1])

    assert jobs.run(site, "restore") == 3

    assert "bytes instead of" in jobs.error
    assert untouched(site)


def test_a_missing_object_is_noticed_before_anything_is_made(site: Site, jobs: Jobs) -> None:
    key = f"{NAME}/{jobs.dumped(site)}/database.dump.enc"
    jobs.s3.delete_object(Bucket=jobs.bucket, Key=key)

    assert jobs.run(site, "restore") == 3

    assert jobs.error == f"there is no object s3://{jobs.bucket}/{key}"
    assert untouched(site)


def _segment_twice(data: bytes) -> bytes:
    return data[:SEGMENT_BYTES] + data[:SEGMENT_BYTES] + data[2 * SEGMENT_BYTES :]


def _one_bit(data: bytes) -> bytes:
    return data[:-100] + bytes([data[-100] ^ 1]) + data[-99:]


@pytest.mark.parametrize("change", [_segment_twice, _one_bit])
def test_a_changed_object_leaves_no_database(
    site: Site, jobs: Jobs, change: Callable[[bytes], bytes]
) -> None:
    with site.admin() as session:
        session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(site.owner)))
        # Does not compress, so that there is more than one segment.
        session.execute(
            "CREATE TABLE noise AS"
            " SELECT string_agg(gen_random_uuid()::text, '') AS text FROM generate_series(1, 120000)"
        )
    key = f"{NAME}/{jobs.dumped(site)}/database.dump.enc"
    data = jobs.body(key)
    assert len(data) > 2 * SEGMENT_BYTES
    jobs.s3.put_object(Bucket=jobs.bucket, Key=key, Body=change(data))

    assert jobs.run(site, "restore", "--switch") == 3

    assert "the backup is damaged at segment" in jobs.error
    assert untouched(site)


def test_a_changed_manifest_is_not_believed(site: Site, jobs: Jobs) -> None:
    backup = jobs.dumped(site)
    changed = jobs.manifest(backup)
    changed["contents"]["tables"]["public.patients"]["rows"] = 0
    where = f"{NAME}/{backup}/manifest.json"
    jobs.s3.put_object(Bucket=jobs.bucket, Key=where, Body=json.dumps(changed).encode())

    assert jobs.run(site, "restore") == 3

    assert jobs.error.endswith("was changed after it was written")
    assert untouched(site)


def test_a_backup_of_a_newer_server_is_refused_before_anything_is_made(
    site: Site, old_site: Site, jobs: Jobs
) -> None:
    jobs.dumped(site)

    assert jobs.run(old_site, "restore") == 2

    assert "restore to 18 or newer" in jobs.error
    assert untouched(old_site)


def test_a_server_newer_than_the_programs_is_not_dumped(site: Site, jobs: Jobs, tmp_path: object) -> None:
    assert jobs.run(site, "dump", PG_PROGRAMS=str(tmp_path)) == 2

    assert jobs.error.endswith("must have pg_dump 18 or newer, and has none")
    assert (jobs.keys, jobs.unfinished) == ([], [])


def test_s3_that_refuses_half_way_through_a_dump_leaves_nothing(
    site: Site, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = contents.read

    def read(session: object) -> object:
        for upload in jobs.unfinished:
            place = {"Bucket": jobs.bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
            jobs.s3.abort_multipart_upload(**place)
        return real(session)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(contents, "read", read)
        assert jobs.run(site, "dump") == 1

    assert jobs.error.startswith("S3 refused s3://")
    assert (jobs.keys, jobs.unfinished) == ([], [])


def test_s3_that_refuses_half_way_through_a_restore_leaves_no_database(
    site: Site, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"{NAME}/{jobs.dumped(site)}/database.dump.enc"
    monkeypatch.setattr(store, "SMALL_PART_BYTES", 1000)
    real = store.Store._range

    def once(self: store.Store, *asked: object) -> bytes:
        piece = real(self, *asked)  # type: ignore[arg-type]
        jobs.s3.delete_object(Bucket=jobs.bucket, Key=key)
        return piece

    monkeypatch.setattr(store.Store, "_range", once)

    assert jobs.run(site, "restore") == 3

    assert jobs.error.startswith("there is no object")
    assert untouched(site)


def test_a_bucket_that_is_not_there_ends_the_dump(site: Site, jobs: Jobs) -> None:
    assert jobs.run(site, "dump", BACKUP_BUCKET="nobody-has-this") == 1
    assert "NoSuchBucket" in jobs.error


def test_a_full_disk_leaves_no_database(site: Site, jobs: Jobs) -> None:
    with site.admin() as session:
        session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(site.owner)))
        session.execute("CREATE TABLE large AS SELECT repeat('x', 1500) AS x FROM generate_series(1, 6000)")
    jobs.dumped(site)
    with site.admin() as session:
        session.execute("CHECKPOINT")  # so that nobody has to write that table any more
    process = site.server._process
    assert process is not None
    limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    # A file that may not grow is refused in the same place as a disk that is full.
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4 << 20, limits[1]))
    try:
        assert jobs.run(site, "restore", "--switch") == 1
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)

    assert "could not extend file" in jobs.error
    assert untouched(site)


def test_a_table_that_may_not_be_read_at_all_is_named(site: Site, jobs: Jobs) -> None:
    with site.admin() as session:
        session.execute("CREATE TABLE secret (id int)")

    assert jobs.run(site, "dump") == 1

    assert "permission denied for table secret" in jobs.error
    assert (jobs.keys, jobs.unfinished) == ([], [])


def test_a_table_that_may_not_be_read_whole_ends_the_dump(site: Site, jobs: Jobs) -> None:
    with site.admin() as session:
        # Now its owner sees only the rows of a tenant, and a dump without the others would look complete.
        session.execute("ALTER TABLE patients FORCE ROW LEVEL SECURITY")

    assert jobs.run(site, "dump") == 1

    assert "row-level security" in jobs.error
    assert (jobs.keys, jobs.unfinished) == ([], [])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"BACKUP_NAME": "/x"},
            "BACKUP_NAME must be made of a-z, 0-9, - and /, such as database-1, got '/x'",
        ),
        ({"BACKUP_BUCKET": ""}, "BACKUP_BUCKET must be the name of a bucket, got ''"),
        ({"PGUSER": ""}, "PGHOST, PGDATABASE and PGUSER must be complete: it names no user"),
        ({"DATABASE_URL": "postgres://a:top secret@[/"}, "DATABASE_URL must be a PostgreSQL URL"),
        ({"PGPASSWORD_FILE": "/nowhere"}, "PGPASSWORD_FILE must be a text file that can be read"),
    ],
)
def test_what_it_is_told_wrong_is_named(site: Site, jobs: Jobs, changes: dict[str, str], said: str) -> None:
    assert jobs.run(site, "dump", **changes) == 2
    assert said in jobs.error
    assert "top secret" not in jobs.error


def test_a_backup_that_is_not_there_is_named_with_those_that_are(site: Site, jobs: Jobs) -> None:
    newest = jobs.dumped(site)

    assert jobs.run(site, "restore", "--backup", "20200101T000000Z") == 2
    assert f"got '20200101T000000Z': the newest of 1 is {newest}" in jobs.error


def test_a_database_that_is_there_is_never_restored_into(site: Site, jobs: Jobs) -> None:
    jobs.dumped(site)

    assert jobs.run(site, "restore", "--into", site.name) == 2
    assert "is there already" in jobs.error
    assert untouched(site)
