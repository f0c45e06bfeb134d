"""One run of a sync at a time. DuckDB stands in for an engine that lets many processes in;
what only two processes can show is in tests/postgres/syncing.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from datetime import timedelta
from itertools import count

import pytest
from small_project import write_project

from sync import lease as lease_module
from sync.errors import LeaseHeld, LeaseLost
from sync.lease import Lease, hold_lease, open_leases
from sync.ledger import Ledger, open_ledger
from sync.processes import this_process
from sync.warehouse import Warehouse, open_warehouse

DEAD = "a_dead_process"
accounts = count()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("project")
    write_project(folder)
    with chdir(folder), open_warehouse() as (warehouse, _):
        yield warehouse


@pytest.fixture
def ledger(opened: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setattr(lease_module, "is_dead", lambda holder: holder == DEAD)
    monkeypatch.setattr(opened, "one_process", False)
    return open_ledger(opened, f"test {next(accounts)}")


def actions(ledger: Ledger) -> list[tuple[str, str]]:
    sql = f"""
        select run_id, action from {ledger.table("sync_leases")} where account = ?
        order by recorded_at, action
    """
    return [(row["run_id"], row["action"]) for row in ledger.warehouse.rows(sql, [ledger.account])]


def test_another_run_is_refused_and_told_who_has_it(ledger: Ledger) -> None:
    with hold_lease(ledger, "crm", "one"):
        pid = this_process().split(" ")[1]
        with (
            pytest.raises(LeaseHeld, match=rf"by process {pid} on .*, since .* --wait") as refused,
            hold_lease(ledger, "crm", "two"),
        ):
            pass
    assert refused.value.exit_code == 4
    with hold_lease(ledger, "crm", "two"):
        pass
    assert actions(ledger) == [
        ("one", "acquired"),
        ("one", "released"),
        ("two", "acquired"),
        ("two", "released"),
    ]


def test_other_syncs_and_accounts_are_free(ledger: Ledger) -> None:
    other = Ledger(ledger.warehouse, "live")
    with (
        hold_lease(ledger, "crm", "one"),
        hold_lease(ledger, "mail", "two"),
        hold_lease(other, "crm", "three"),
    ):
        assert [held.run_id for held in open_leases(other, "crm")] == ["three"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_it_is_given_back_however_the_run_ends(ledger: Ledger, error: type[BaseException]) -> None:
    with pytest.raises(error), hold_lease(ledger, "crm", "one"):
        raise error
    assert open_leases(ledger, "crm") == []


def test_one_can_wait_for_it(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Lease(ledger, "crm", "one")
    first.acquire()
    looks = iter([lambda: None, first.release])
    monkeypatch.setattr(lease_module, "sleep", lambda _seconds: next(looks)())
    with hold_lease(ledger, "crm", "two", wait=60):
        assert [held.run_id for held in open_leases(ledger, "crm")] == ["two"]


def test_who_says_stop_waits_no_longer(ledger: Ledger) -> None:
    with (
        hold_lease(ledger, "crm", "one"),
        pytest.raises(LeaseHeld),
        hold_lease(ledger, "crm", "two", wait=600, stopped=lambda: True),
    ):
        pass


def test_one_whose_process_died_is_taken_over_at_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as died:
        died.setattr(lease_module, "this_process", lambda: DEAD)
        Lease(ledger, "crm", "one").acquire()
    with hold_lease(ledger, "crm", "two"):
        assert [held.run_id for held in open_leases(ledger, "crm")] == ["two"]


def test_a_run_that_was_taken_over_finds_out_even_after_the_other_ended(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Lease(ledger, "crm", "one")
    monkeypatch.setattr(lease_module, "LASTS", timedelta(seconds=-1))
    first.acquire()
    monkeypatch.setattr(lease_module, "LASTS", timedelta(minutes=10))
    with hold_lease(ledger, "crm", "two"):
        first.renew()  # too soon to ask
        monkeypatch.setattr(lease_module, "LASTS", timedelta(0))
        with pytest.raises(LeaseLost, match="another run took over"):
            first.renew()
    with pytest.raises(LeaseLost):
        first.renew()


def test_one_whose_time_is_over_goes_on_if_nobody_took_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_module, "LASTS", timedelta(0))
    with hold_lease(ledger, "crm", "one") as lease:
        lease.renew()
    assert [action for _, action in actions(ledger)].count("renewed") == 1


def test_it_is_renewed_once_a_third_of_its_time_has_passed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hold_lease(ledger, "crm", "one") as lease:
        lease.renew()
        assert ("one", "renewed") not in actions(ledger)
        (before,) = open_leases(ledger, "crm")
        # The machine slept: one of its clocks stood still.
        monkeypatch.setattr(lease_module, "time", lambda: lease._renewed[1] + 201)
        lease.renew()
        (after,) = open_leases(ledger, "crm")
        assert after.until > before.until


def test_on_duckdb_the_file_is_the_lease(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger.warehouse, "one_process", True)
    with hold_lease(ledger, "crm", "one") as lease:
        lease.renew()
    assert actions(ledger) == []
