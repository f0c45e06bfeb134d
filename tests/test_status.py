"""What the ledger's readers say: the state of each sync, its rejections, and the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console
from sync_world import Crm, World, a_world, open_people, people, raising

from sync import lease as lease_module
from sync import logs
from sync.config import Sync
from sync.errors import AccessRefused, QuotaExhausted
from sync.lease import hold_lease
from sync.logs import FILE, about, open_log
from sync.rejections import read_rejections
from sync.show_ledger import show_rejections, show_status
from sync.status import read_status
from sync.warehouse import Warehouse


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Sync]]:
    with open_people(tmp_path_factory.mktemp("project"), in_memory=True) as found:
        yield found


@pytest.fixture
def world(opened: tuple[Warehouse, Sync]) -> World:
    return a_world(opened)


def session(world: World) -> Any:
    def chosen(_name: str | None) -> list[Sync]:
        return [world.sync]

    return cast(Any, SimpleNamespace(warehouse=world.warehouse, syncs=[world.sync], chosen=chosen))


def status(world: World) -> dict[str, Any]:
    (row,) = [row for row in read_status(session(world)) if row["account"] == world.ledger.account]
    return row


def rejections(world: World) -> list[dict[str, Any]]:
    found = read_rejections(session(world), None)
    return [row for row in found if row["account"] == world.ledger.account]


def shown(show: Any, rows: Any) -> str:
    console = Console(file=StringIO(), width=200)
    show(console, rows)
    return cast(StringIO, console.file).getvalue()


def test_the_last_success_outlasts_a_run_that_failed(world: World) -> None:
    world.people(*people(2))
    world.run(Crm())
    success = status(world)["last_success"]
    assert success
    world.people(*people(2, score=99))
    world.run(Crm(before=raising(AccessRefused("CRM: no."))))
    found = status(world)
    assert (found["status"], found["last_success"]) == ("stopped", success)
    assert (found["error_code"], found["error"]) == ("access_refused", "CRM: no.")
    assert f"last success: {success[:16]}" in shown(show_status, [found])


def test_a_used_up_quota_says_when_it_opens_in_utc(world: World) -> None:
    opens = datetime.fromisoformat("2026-07-02T02:00:00+02:00")
    world.people(*people(2))
    world.run(Crm(before=raising(QuotaExhausted("CRM: no more.", resumes_at=opens))))
    assert status(world)["resumes_at"] == "2026-07-02 00:00:00"
    assert "used up until 2026-07-02 00:00 UTC" in shown(show_status, [status(world)])


def test_a_run_that_was_killed_is_not_said_to_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(_changes: object) -> None:
        raise Killed

    world.people(*people(2))
    monkeypatch.setattr(world.warehouse, "one_process", False)
    with hold_lease(world.ledger, world.sync.name, "one") as lease:
        with pytest.raises(Killed):
            world.run(Crm(before=kill), run_id="one", lease=lease)
        assert status(world)["status"] == "running"
        assert "being sent by process" in shown(show_status, [status(world)])
    assert (status(world)["status"], status(world)["held_by"]) == ("killed", [])
    assert lease_module.open_leases(world.ledger, world.sync.name) == []


def test_rejections_are_told_by_code_with_their_first_try(world: World) -> None:
    world.people(*people(5))
    world.run(Crm())
    world.people(*people(5, score=99))
    crm = Crm(bad={"2", "3"}, silent={"4"})
    world.run(crm)
    (first,) = {str(row["recorded_at"])[:16] for row in world.read("sync_log")[-1:]}
    world.run(crm)
    invalid, silent = rejections(world)
    assert (invalid["error_code"], invalid["state"], invalid["rows"]) == ("INVALID", "rejected", 2)
    assert (invalid["attempts"], invalid["keys"]) == (2, ["2", "3"])
    assert invalid["message"] == "score: not valid"
    assert invalid["since"][:16] <= first
    assert (silent["error_code"], silent["state"]) == ("no answer for the row", "pending")
    printed = shown(show_rejections, [invalid, silent])
    assert "2 rows rejected INVALID" in printed
    assert "2 tries at most; keys: 2, 3" in printed
    world.run(Crm())
    assert rejections(world) == []
    assert "Every row that was sent was accepted." in shown(show_rejections, [])


def test_a_key_that_is_an_address_is_not_shown(world: World) -> None:
    world.people(("a@example.com", "r1", "k", None, 5, "warm"))
    world.run(Crm(bad={"a@example.com"}))
    assert rejections(world)[0]["keys"] == ["[…]"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text().splitlines()]


def test_a_run_is_logged_with_its_batches_whatever_thread_they_are_sent_in(
    world: World, folder: Path
) -> None:
    world.people(*people(3))
    with open_log({}), about(sync="crm_people", run_id="one"):
        world.run(Crm(bad={"2"}))
    events = [(line["event"], line.get("status") or line.get("rows")) for line in lines()]
    assert [event for event, _ in events] == ["run", "batch", "batch", "run"]
    assert {line["run_id"] for line in lines()} == {"one"}
    assert {datetime.fromisoformat(line["at"]).tzinfo for line in lines()} == {UTC}
    logging.getLogger("decile").info("after the end")
    assert len(lines()) == 4


def test_a_run_prints_none_of_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printer = logging.StreamHandler()
    logging.getLogger().addHandler(printer)
    try:
        with open_log({}):
            logging.getLogger("decile").info("run running")
    finally:
        logging.getLogger().removeHandler(printer)
    assert capsys.readouterr().err == ""
    assert lines()[0]["message"] == "run running"


def test_the_log_can_go_to_standard_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_log({"DECILE_LOG": "stderr"}):
        logging.getLogger("sync.http").info("HubSpot answered %s.", 429, extra={"event": "retry"})
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["message"]) == ("retry", "HubSpot answered 429.")
    assert lines() == [line]


def test_a_value_in_a_message_or_a_traceback_is_not_written(folder: Path) -> None:
    with open_log({}):
        try:
            raise ValueError("ada@example.com is not a number")
        except ValueError:
            logging.getLogger("decile").exception('"Ada Lovelace" +44 20 7946 0958')
        facts = {"event": "alert", "detail": "of ada@example.com"}
        logging.getLogger("decile").warning("alert", extra=facts)
    assert lines()[0]["exception"] == "ValueError"
    written = FILE.read_text()
    for value in ("ada@", "Ada", "7946"):
        assert value not in written


def test_the_log_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LONGEST_FILE", 2_000)
    with open_log({}):
        for _ in range(200):
            logging.getLogger("decile").info("a line")
    files = list(FILE.parent.iterdir())
    assert len(files) == logs.FILES_KEPT + 1
    assert all(file.stat().st_size <= 2_000 for file in files)


def test_a_log_that_cannot_be_written_stops_nothing(folder: Path) -> None:
    FILE.parent.parent.write_text("a file where the folder should be")
    with open_log({}):
        logging.getLogger("decile").info("nobody reads this")
