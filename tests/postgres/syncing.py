"""What only a server shows: two processes that run one sync, and an older ledger's migration.

Run by `make test-postgres`. A run here is a process: this file started as a program, which sends
to a file, one line for each row.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg2
import pytest
import yaml
from typer.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).parents[1]))

from earlier_ledgers import version_1
from small_project import person, write_project

from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.cli import app
from sync.config import Sync, parse_syncs
from sync.destinations import DESTINATIONS
from sync.engine import new_run_id, plan_sync, run_sync
from sync.errors import DecileError, LeaseLost, WarehouseError
from sync.lease import Lease, hold_lease
from sync.ledger import VERSION, Ledger, open_ledger
from sync.warehouse import open_warehouse
from tests.postgres.server import DATABASE, USER, postgres

ROOT = Path(__file__).parents[2]
ROWS, BATCH = 12, 2
SCHEMA = "small_ledger"


class LineByLine:
    """A destination that is a file; a batch takes its time."""

    name = "file"
    capabilities = Capabilities(
        modes=frozenset({"update"}), max_batch=BATCH, rows_per_second=10, max_in_flight=1
    )

    def __init__(self, path: Path, seconds: float) -> None:
        self.path, self.seconds = path, seconds

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        with self.path.open("a") as file:
            file.writelines(f"{change.key}\n" for change in changes)
        time.sleep(self.seconds)
        return [Outcome(change.token, "accepted", change.record_id) for change in changes]

    def check(self) -> list[Finding]:
        raise NotImplementedError

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        raise NotImplementedError

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        raise NotImplementedError


def run_once(path: Path, seconds: float, wait: float) -> None:
    """Be one run: say when ready, go when told."""
    with open_warehouse() as (warehouse, manifest):
        (sync,) = parse_syncs(manifest, DESTINATIONS)
        print("ready", flush=True)
        input()
        ledger = open_ledger(warehouse, "sandbox")
        run_id = new_run_id()
        with hold_lease(ledger, sync.name, run_id, wait=wait) as lease:
            crm = LineByLine(path, seconds)
            plan = plan_sync(sync, ledger, crm.capabilities)
            run_sync(sync, plan, crm, ledger, run_id=run_id, lease=lease)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, dict[str, str]]]:
    with postgres() as found:
        yield found


@pytest.fixture
def project(
    server: tuple[str, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The project of one sync, with a few rows, in an empty database."""
    dsn, settings = server
    write_project(tmp_path)
    output = {
        "type": "postgres",
        "host": settings["DECILE_POSTGRES_HOST"],
        "port": int(settings["DECILE_POSTGRES_PORT"]),
        "user": USER,
        "password": settings["DECILE_POSTGRES_PASSWORD"],
        "dbname": DATABASE,
        "schema": "small",
        "threads": 1,
    }
    profile = {"small": {"target": "dev", "outputs": {"dev": output}}}
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump(profile))
    people = [person(str(number), str(number + 1)) for number in range(ROWS)]
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "drop schema if exists small cascade; drop schema if exists small_ledger cascade; "
            "create schema small; create table small.sync_crm__people (sync_key text, "
            "record_id text, contact_key text, email text, lead_score integer, band text)"
        )
        cursor.executemany("insert into small.sync_crm__people values (%s,%s,%s,%s,%s,%s)", people)
    connection.close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(project: Path, *, seconds: float = 0.0, wait: float = 0) -> subprocess.Popen[str]:
    code = [sys.executable, "-m", "tests.postgres.syncing"]
    run = subprocess.Popen(
        [*code, str(project), str(seconds), str(wait)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout
    assert run.stdout.readline() == "ready\n", run.communicate()[1]
    return run


def go(*runs: subprocess.Popen[str]) -> None:
    for run in runs:
        assert run.stdin
        run.stdin.write("\n")
        run.stdin.flush()


def end(run: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = run.communicate(timeout=60)
    return run.returncode, said


def sent(project: Path) -> Counter[str]:
    path = project / "sent.txt"
    return Counter(path.read_text().split() if path.exists() else [])


def once() -> Counter[str]:
    return Counter(str(number) for number in range(ROWS))


def test_of_two_runs_that_start_together_one_sends_and_one_is_refused(project: Path) -> None:
    runs = [start(project, seconds=0.2) for _ in range(2)]
    go(*runs)
    codes = dict(map(end, runs))
    assert codes.keys() == {0, 4}
    assert "is being sent already: by process" in codes[4]
    assert sent(project) == once()


def test_a_run_that_waits_finds_nothing_left_to_send(project: Path) -> None:
    runs = [start(project, seconds=0.1, wait=30) for _ in range(3)]
    go(*runs)
    assert [end(run)[0] for run in runs] == [0, 0, 0]
    assert sent(project) == once()


def test_the_lease_of_a_killed_run_is_taken_over_at_once(project: Path) -> None:
    killed, next_one = start(project, seconds=0.3), start(project)
    go(killed)
    while len(sent(project)) < 2 * BATCH:
        assert killed.poll() is None, end(killed)
        time.sleep(0.02)
    killed.kill()
    end(killed)
    go(next_one)
    assert end(next_one)[0] == 0
    repeated = sent(project) - once()
    assert sent(project).keys() == once().keys()
    assert repeated.total() <= BATCH


def test_a_run_that_was_taken_over_sends_no_further_batch(project: Path) -> None:
    with open_warehouse() as (warehouse, manifest):
        (sync,) = parse_syncs(manifest, DESTINATIONS)
        ledger = open_ledger(warehouse, "sandbox")
        with hold_lease(ledger, sync.name, "slow") as lease:
            give_away(ledger, sync)
            lease._renewed = (0.0, 0.0)
            with pytest.raises(LeaseLost):
                lease.renew()
            crm = LineByLine(project / "sent.txt", 0)
            plan = plan_sync(sync, ledger, crm.capabilities)
            result = run_sync(sync, plan, crm, ledger, lease=lease)
    assert (result.status, result.exit_code, sent(project)) == ("stopped", 4, Counter())


def give_away(ledger: Ledger, sync: Sync) -> None:
    taker = Lease(ledger, sync.name, "slow")
    taker.release()
    Lease(ledger, sync.name, "other").acquire()


def test_one_transaction_after_another_is_kept_whole_or_not_at_all(project: Path) -> None:
    with open_warehouse() as (warehouse, _):
        table = open_ledger(warehouse, "sandbox").table("ledger_version")
        for number in (101, 102):
            with warehouse.transaction():
                warehouse.insert(table, [{"version": number}])
            with pytest.raises(WarehouseError), warehouse.transaction():  # noqa: PT012  (the second fails, the first goes with it)
                warehouse.insert(table, [{"version": -number}])
                warehouse.lock("no_such_table")
        found = [row["version"] for row in warehouse.rows(f"select version from {table}")]
    assert sorted(found) == [VERSION, 101, 102]


def test_an_old_ledger_is_migrated_and_keeps_its_rows(
    project: Path, server: tuple[str, dict[str, str]]
) -> None:
    with open_warehouse() as (warehouse, _):
        open_ledger(warehouse, "sandbox")
        new = columns(server[0])
        warehouse.execute(f"drop schema {SCHEMA} cascade; {version_1(SCHEMA)}; commit")
    runs = [start(project) for _ in range(2)]
    go(*runs)  # both migrate; one of them sends what is left
    assert sorted(end(run)[0] for run in runs) in ([0, 0], [0, 4])
    assert columns(server[0]) == new
    with open_warehouse() as (warehouse, _):
        table = open_ledger(warehouse, "sandbox").table("ledger_version")
        found = [row["version"] for row in warehouse.rows(f"select version from {table}")]
    assert sorted(found) == list(range(1, VERSION + 1))


def test_a_migration_that_fails_half_way_leaves_the_old_ledger_whole(
    project: Path, server: tuple[str, dict[str, str]]
) -> None:
    with open_warehouse() as (warehouse, _):
        warehouse.execute(
            f"{version_1(SCHEMA)}; create table {SCHEMA}.sync_alerts (x text); commit"
        )
        before = columns(server[0])
        with pytest.raises(WarehouseError, match="sync_alerts"):
            open_ledger(warehouse, "sandbox")
        assert columns(server[0]) == before
        assert len(list(warehouse.rows(f"select * from {SCHEMA}.sync_state_current"))) == 2


def test_the_commands_read_the_ledger_of_a_server(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("HUBSPOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("sync.session.DEFAULT_PORT", 9)  # whatever listens there is not ours
    records = project / "records.csv"
    records.write_text("id,property_email\n1,a@example.com\n2,b@example.com\n")
    monkeypatch.setenv("DECILE_SANDBOX_RECORDS", str(records))
    exposure = project / "models" / "people.yml"
    meta = yaml.safe_load(exposure.read_text())
    sync = meta["exposures"][0]["config"]["meta"]["sync"]
    sync["alerts"] = {"max_failed_share": 0.5, "max_hours_since_success": 1}
    exposure.write_text(yaml.safe_dump(meta))

    made = decile("setup", "hubspot")
    assert made.exit_code == 0, made.output
    first = decile("sync", "--force", "--wait", "5")
    assert first.exit_code == 1, first.output
    assert "10 of 12 rows were rejected" in first.output
    assert "10 rows rejected" in decile("rejections").output
    status = decile("status", "--check")
    assert status.exit_code == 1
    assert "alert: hours since success" in status.output
    assert decile("plan").exit_code == 0


def decile(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def columns(dsn: str) -> set[tuple[str, ...]]:
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            f"where table_schema = '{SCHEMA}'"
        )
        found = set(cursor.fetchall())
    connection.close()
    return found


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    try:
        run_once(Path("sent.txt").resolve(), float(sys.argv[2]), float(sys.argv[3]))
    except DecileError as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.exit_code)
