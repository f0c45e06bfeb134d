"""Alerts: when they fire, that each change is told once, and that nothing else suffers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sync_world import Crm, World, a_world, open_people, people, raising

from sync import alert_channels, alerts
from sync.alerts import Finding, alerting, deliver, firing, of_run, of_time, tell_alerts
from sync.config import Alerts, Sync
from sync.errors import GuardError, QuotaExhausted, Retriable
from sync.http import RetryPolicy
from sync.ledger import utc_now
from sync.signature import is_signed, read_secret
from sync.status import check_alerts, read_status
from sync.warehouse import Warehouse

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HIDDEN = "T024BE7LH-hidden-part-of-the-address"


@dataclass
class Inbox:
    """Somebody's endpoint for alerts, on this machine."""

    url: str
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Sync]]:
    with open_people(tmp_path_factory.mktemp("project"), in_memory=True) as found:
        yield found


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setattr(alert_channels, "POLICY", RetryPolicy(attempts=2, first_wait=0.0))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found = Inbox(f"http://127.0.0.1:{server.server_port}/{HIDDEN}?key={HIDDEN}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def alerted(opened: tuple[Warehouse, Sync], **meta: Any) -> World:
    return a_world(opened, alerts=Alerts.model_validate(meta))


def environment(inbox: Inbox) -> dict[str, str]:
    return {
        "DECILE_ALERT_WEBHOOK_URL": inbox.url,
        "DECILE_ALERT_WEBHOOK_SECRET": SECRET,
        "DECILE_ALERT_SLACK_URL": inbox.url,
    }


def told(world: World, *findings: Finding, by: Mapping[str, str] | None = None) -> list[str]:
    lines: list[str] = []
    deliver(world.sync, world.ledger, list(findings), lines.append, environment=by or {})
    return lines


FIRES = Finding("failed_share", firing=True, detail="8 of 10 rows were rejected.")
ENDS = replace(FIRES, firing=False, detail="0 of 10 rows were rejected.")


def test_each_change_of_state_is_told_once(opened: tuple[Warehouse, Sync], inbox: Inbox) -> None:
    world = alerted(opened, max_failed_share=0.05, to=["webhook", "slack"])
    for finding in (ENDS, FIRES, FIRES, ENDS, ENDS, FIRES):
        told(world, finding, by=environment(inbox))
    states = [body["data"]["state"] for body in inbox.bodies if "data" in body]
    assert states == ["firing", "resolved", "firing"]
    assert len(inbox.got) == 6
    assert firing(world.sync, world.ledger) == ["failed_share"]


def test_a_webhook_is_signed_and_slack_gets_its_text(
    opened: tuple[Warehouse, Sync], inbox: Inbox
) -> None:
    world = alerted(opened, to=["webhook", "slack"])
    (line,) = told(world, FIRES, by=environment(inbox))
    (headers, body), (_, post) = inbox.got
    now = float(headers["webhook-timestamp"])
    assert is_signed(read_secret(SECRET), headers, body, now=now)
    assert json.loads(body)["type"] == "alert.firing"
    assert json.loads(body)["data"]["detail"] == FIRES.detail
    assert json.loads(post)["text"] == line
    assert json.loads(post)["blocks"][0]["text"]["text"] == f":red_circle: {line}"


@pytest.mark.parametrize("url", ["", "https://bot:Sec#ret9@hooks.example/x"])
def test_what_could_not_be_sent_is_told_by_the_next_run_and_only_there(
    opened: tuple[Warehouse, Sync], inbox: Inbox, url: str
) -> None:
    world = alerted(opened, to=["webhook", "slack"])
    settings = environment(inbox) | {"DECILE_ALERT_SLACK_URL": url}
    lines = told(world, FIRES, by=settings)
    assert "DECILE_ALERT_SLACK_URL is not set" in lines[1]
    assert len(inbox.got) == 1
    told(world, FIRES, by=environment(inbox))
    assert [("data" in body) for body in inbox.bodies] == [True, False]


def test_a_message_that_is_repeated_after_a_crash_has_the_same_id(
    opened: tuple[Warehouse, Sync], inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = alerted(opened, to=["webhook"])
    record = alerts._record

    def crash(*row: Any) -> None:
        if "webhook" in row:
            raise KeyboardInterrupt
        record(*row)

    with monkeypatch.context() as crashing:
        crashing.setattr(alerts, "_record", crash)
        with pytest.raises(KeyboardInterrupt):
            told(world, FIRES, by=environment(inbox))
    told(world, FIRES, by=environment(inbox))
    told(world, FIRES, by=environment(inbox))
    first, second = [headers["webhook-id"] for headers, _ in inbox.got]
    assert first == second


@pytest.mark.parametrize("status", [302, 403, 404, 500])
def test_an_address_is_in_no_message(
    opened: tuple[Warehouse, Sync], inbox: Inbox, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    world = alerted(opened, to=["webhook", "slack"])
    inbox.status = status
    caplog.set_level("INFO")
    lines = "\n".join(told(world, FIRES, by=environment(inbox)))
    assert f"answered {status}" in lines
    assert HIDDEN not in lines + caplog.text
    gone = {name: "http://127.0.0.1:9/" + HIDDEN for name in environment(inbox) if "URL" in name}
    lines = "\n".join(told(world, FIRES, by=gone))
    assert "no connection" in lines
    assert HIDDEN not in lines + caplog.text


def test_an_alert_in_clear_leaves_for_no_other_machine(opened: tuple[Warehouse, Sync]) -> None:
    world = alerted(opened, to=["slack"])
    lines = told(world, FIRES, by={"DECILE_ALERT_SLACK_URL": "http://hooks.example.com/x"})
    assert "must start with https" in lines[1]


def test_what_goes_wrong_with_alerts_does_not_fail_the_sync(
    opened: tuple[Warehouse, Sync], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, lines = alerted(opened, max_failed_share=0.5), []
    monkeypatch.setattr(alerts, "deliver", lambda *_, **__: 1 / 0)
    tell_alerts(world.sync, world.ledger, "incomplete", 9, 10, lines.append)
    assert lines == ["crm_people: its alerts could not be looked at: ZeroDivisionError"]


def test_without_thresholds_and_receivers_nothing_is_recorded(
    opened: tuple[Warehouse, Sync],
) -> None:
    world = alerted(opened)
    tell_alerts(world.sync, world.ledger, "stopped", 0, 0, pytest.fail)
    assert world.read("sync_alerts") == []


def of(sync: Sync, status: str, failed: int, sent: int) -> dict[str, bool]:
    return {finding.alert: finding.firing for finding in of_run(sync, status, failed, sent)}


def test_a_run_fires_by_its_share_of_failed_rows(opened: tuple[Warehouse, Sync]) -> None:
    sync = alerted(opened, max_failed_share=0.1).sync
    assert of(sync, "incomplete", 1, 10) == {"stopped": False, "failed_share": False}
    assert of(sync, "incomplete", 2, 10) == {"stopped": False, "failed_share": True}
    assert of(sync, "succeeded", 0, 0) == {"stopped": False, "failed_share": False}
    assert of(sync, "stopped", 0, 0) == {"stopped": True}
    assert of(sync, "stopped", 2, 4) == {"stopped": True, "failed_share": True}
    assert of(sync, "interrupted", 0, 0) == {}


def test_a_whole_run_fires_and_the_next_one_resolves(opened: tuple[Warehouse, Sync]) -> None:
    world = alerted(opened, max_failed_share=0.1)
    world.people(*people(4))
    lines: list[str] = []
    for bad in ({"2"}, {"2"}, set()):
        with alerting(world.sync, world.ledger, "a run", lines.append) as ended:
            ended(world.run(Crm(bad=bad)))
    # In the second run only the failed row was sent again.
    assert [line.split(":")[0] for line in lines] == ["Alert", "Resolved"]
    assert "1 of 4 rows were rejected or are pending (25.0%; at most 10.0%)." in lines[0]
    assert [row["run_id"] for row in world.read("sync_alerts")] == ["a run"] * 2


def test_a_run_that_stops_or_is_refused_fires(opened: tuple[Warehouse, Sync]) -> None:
    world, lines = alerted(opened, to=[], max_failed_share=1), []
    world.people(*people(4))
    with alerting(world.sync, world.ledger, "one", lines.append) as ended:
        ended(world.run(Crm(before=raising(QuotaExhausted("CRM: no more today.")))))
    assert lines[-1].endswith("the run stopped. CRM: no more today.")
    with alerting(world.sync, world.ledger, "two", lines.append) as ended:
        ended(world.run(Crm()))
    assert lines[-1].startswith("Resolved")
    with (
        pytest.raises(GuardError),
        alerting(world.sync, world.ledger, "three", lines.append),
    ):
        raise GuardError("crm_people: 9 rows would be removed.")
    assert lines[-1].endswith("the run stopped. crm_people: 9 rows would be removed.")


def test_silence_fires_by_the_hours_since_the_last_success(
    opened: tuple[Warehouse, Sync], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = alerted(opened, max_hours_since_success=26, max_failed_share=0.3)

    def now() -> dict[str, bool]:
        return {one.detail: one.firing for one in of_time(world.sync, world.ledger)}

    assert now() == {"it has never succeeded.": True}
    world.people(*people(4))
    world.run(Crm(before=raising(Retriable("CRM: 503."), times=9)))
    assert list(now().values()) == [True]
    # What may fail by the exposure's own word is a success.
    world.run(Crm(bad={"2"}))
    assert list(now().values()) == [False]
    later = utc_now() + timedelta(hours=27)
    monkeypatch.setattr(alerts, "utc_now", lambda: later)
    (detail,) = now()
    assert "27.0 hours ago; at most 26." in detail
    # Sending what failed says nothing about what changed since.
    world.run(Crm(), command="retry")
    assert list(now().values()) == [True]


def test_a_check_looks_at_every_account_that_was_sent_to(opened: tuple[Warehouse, Sync]) -> None:
    world = alerted(opened, max_hours_since_success=100)
    session = cast(Any, SimpleNamespace(warehouse=world.warehouse, syncs=[world.sync]))
    world.people(*people(1))
    world.run(Crm(bad={"1"}))
    for times in (1, 0):
        lines: list[str] = []
        found = check_alerts(session, lines.append)
        ours = [one["alert"] for one in found if one["account"] == world.ledger.account]
        assert ours == ["hours_since_success"]
        assert sum(f"{world.ledger.account}: it has never" in line for line in lines) == times
    (status,) = [row for row in read_status(session) if row["account"] == world.ledger.account]
    assert (status["alerts"], status["last_success"]) == (["hours_since_success"], None)
