"""Webhooks against the sandbox: the signature, the body, and what a status means."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import ask

from sync.answers import Answer
from sync.changes import Change, FieldType
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.webhook import MAX_BODY, Webhook, classify, message
from sync.errors import (
    AccessRefused,
    ConfigError,
    DestinationError,
    Retriable,
)
from sync.http import HttpClient, RetryPolicy
from sync.sandbox import WEBHOOK_PATH, WEBHOOK_SECRET, Limit, Sandbox
from sync.signature import Signed, is_signed, read_secret, sign

# The vector that the libraries of the standard share.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
CODE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "whsec_" + base64.b64encode(b"another secret of ours..").decode()

TYPES: Mapping[str, FieldType] = {
    "score": "integer",
    "value": "number",
    "is_hot": "boolean",
    "scored_on": "date",
}


class Receiver:
    """A sandbox and the webhook that leads to it."""

    def __init__(self, sandbox: Sandbox, webhook: Webhook, naps: list[float]) -> None:
        self.sandbox = sandbox
        self.webhook = webhook
        self.naps = naps

    def fault(self, kind: str, **settings: object) -> None:
        assert ask(self.sandbox, "POST", "/sandbox/faults", body={"kind": kind, **settings})

    def get(self, what: str) -> Any:
        return ask(self.sandbox, "GET", f"/sandbox/{what}")

    def fields(self, key: str) -> Any:
        return self.get("hooks")["rows"][key]["fields"]

    def statuses(self) -> list[int]:
        return [call["status"] for call in self.get("calls")["calls"]]


@contextmanager
def receiving(
    folder: Path, *, secrets: tuple[str, ...] = (WEBHOOK_SECRET,), limit: Limit | None = None
) -> Iterator[Receiver]:
    naps: list[float] = []
    with (
        Sandbox(state=folder / "state.sqlite", limit=limit, clock=lambda: sum(naps)) as sandbox,
        HttpClient(
            "Webhook",
            sandbox.url,
            auth=Signed([read_secret(secret) for secret in secrets]),
            classify=classify,
            policy=RetryPolicy(attempts=3),
            sleep=naps.append,
            clock=lambda: sum(naps),
            shown_path="its endpoint",
            json_answers=False,
        ) as http,
    ):
        yield Receiver(sandbox, Webhook(http, WEBHOOK_PATH), naps)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as opened:
        yield opened


def change(key: str, **fields: str | None) -> Change:
    return Change(f"t{key}", key, "upsert", None, f"c{key}", fields or {"score": "7"}, TYPES)


def statuses(outcomes: list[Any]) -> list[str]:
    return [outcome.status for outcome in outcomes]


# The signature.


def test_the_signature_is_that_of_the_standard() -> None:
    assert sign(read_secret(SECRET), *MESSAGE) == CODE


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "whsec_YWJj", SECRET[6:]])
def test_a_secret_that_is_none_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as caught:
        read_secret(secret)
    assert len(secret) < 8 or secret not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "body", "now", "good"),
    [
        ({}, MESSAGE[2], 1614265330, True),
        ({}, MESSAGE[2], 1614265330 + 301, False),
        ({}, MESSAGE[2], 1614265330 - 301, False),
        ({}, MESSAGE[2] + b" ", 1614265330, False),
        ({"webhook-id": "msg_other"}, MESSAGE[2], 1614265330, False),
        ({"webhook-timestamp": "1614265331"}, MESSAGE[2], 1614265330, False),
        ({"webhook-timestamp": "soon"}, MESSAGE[2], 1614265330, False),
        ({"webhook-signature": ""}, MESSAGE[2], 1614265330, False),
        ({"webhook-signature": f"v1,AAAA {CODE}"}, MESSAGE[2], 1614265330, True),
    ],
)
def test_a_message_that_was_touched_is_not_signed(
    headers: dict[str, str], body: bytes, now: float, *, good: bool
) -> None:
    given = {
        "webhook-id": MESSAGE[0],
        "webhook-timestamp": str(MESSAGE[1]),
        "webhook-signature": CODE,
        **headers,
    }
    assert is_signed(read_secret(SECRET), given, body, now=now) is good


def test_while_a_secret_is_replaced_the_receiver_knows_either(tmp_path: Path) -> None:
    for secrets in ((OTHER, WEBHOOK_SECRET), (WEBHOOK_SECRET, OTHER)):
        with receiving(tmp_path, secrets=secrets) as receiver:
            assert statuses(receiver.webhook.push([change("1")])) == ["accepted"]


def test_a_signature_that_is_not_accepted_stops_with_the_next_step(tmp_path: Path) -> None:
    with (
        receiving(tmp_path, secrets=(OTHER,)) as receiver,
        pytest.raises(AccessRefused, match="WEBHOOK_SECRET"),
    ):
        receiver.webhook.push([change("1")])
    assert receiver.naps == []


# The body.


def test_a_message_says_what_to_do_with_which_row() -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    body = message(replace(change("1", score="7"), record_id="r1"), now)
    assert json.loads(body) == {
        "type": "row.upsert",
        "timestamp": "2026-07-01T12:00:00Z",
        "data": {
            "operation": "upsert",
            "key": "1",
            "record_id": "r1",
            "unique_key": "c1",
            "fields": {"score": 7},
        },
    }


@pytest.mark.parametrize(
    ("name", "text", "json_text"),
    [
        ("score", "0", "0"),
        ("score", None, "null"),
        ("score", "9007199254740993", "9007199254740993"),
        ("value", "0.1234567890123456789", "0.1234567890123456789"),
        ("value", "-12.5", "-12.5"),
        ("is_hot", "false", "false"),
        ("is_hot", "true", "true"),
        ("is_hot", None, "null"),
        ("scored_on", "2026-07-01", '"2026-07-01"'),
        ("note", "", '""'),
        ("note", None, "null"),
        ("note", "0", '"0"'),
        ("note", "false", '"false"'),
        ("note", 'O\'Brien "x" \\', '"O\'Brien \\"x\\" \\\\"'),
        ("note", "Müller 東京 🙂", '"Müller 東京 🙂"'),
    ],
)
def test_a_value_keeps_its_type_and_its_digits(name: str, text: str | None, json_text: str) -> None:
    body = message(change("1", **{name: text}), datetime.now(UTC)).decode()
    assert body.endswith(f'"fields":{{"{name}":{json_text}}}}}}}')


@given(st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=20), max_size=4))
def test_any_text_is_good_json(fields: dict[str, str | None]) -> None:
    body = message(replace(change("1"), fields=fields, types={}), datetime.now(UTC))
    assert json.loads(body)["data"]["fields"] == fields


def test_the_receiver_gets_what_was_meant(receiver: Receiver) -> None:
    receiver.webhook.push([change("1", score="0", is_hot="false", note="", other=None)])
    assert receiver.fields("1") == {"score": 0, "is_hot": False, "note": "", "other": None}


def test_a_message_that_is_too_large_is_rejected_unsent_and_the_others_go(
    receiver: Receiver,
) -> None:
    outcomes = receiver.webhook.push([change("1", note="é" * MAX_BODY), change("2")])
    assert statuses(outcomes) == ["rejected", "accepted"]
    assert outcomes[0].error_code == "MESSAGE_TOO_LARGE"
    assert receiver.statuses() == [200]


# What a status means.


def test_a_message_that_comes_twice_counts_once(receiver: Receiver) -> None:
    receiver.webhook.push([change("1", score="1")])
    receiver.webhook.push([replace(change("1", score="2"), token="t1")])
    assert receiver.fields("1") == {"score": 1}
    assert receiver.get("hooks")["duplicates"] == 1


def test_the_page_shows_the_last_message_escaped(receiver: Receiver) -> None:
    receiver.webhook.push([change("<1>", note="<script>")])
    page = requests.get(receiver.sandbox.url, timeout=5).text
    assert "&lt;1&gt;" in page
    assert "<script>" not in page


@pytest.mark.parametrize("operation", ["remove", "erase"])
def test_removed_and_erased_rows_are_gone(receiver: Receiver, operation: Any) -> None:
    receiver.webhook.push([change("1"), change("2")])
    receiver.webhook.push([replace(change("1"), token="other", operation=operation)])
    assert list(receiver.get("hooks")["rows"]) == ["2"]


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_a_row_that_the_receiver_refuses_is_rejected_alone(receiver: Receiver, status: int) -> None:
    receiver.fault("status", status=status, unique_value="2")
    outcomes = receiver.webhook.push([change("1"), change("2"), change("3")])
    assert statuses(outcomes) == ["accepted", "rejected", "accepted"]
    assert outcomes[1].error_code == str(status)


@pytest.mark.parametrize("status", [301, 308, 401, 403, 404, 405, 410])
def test_what_will_not_pass_stops_at_once(receiver: Receiver, status: int) -> None:
    receiver.fault("status", status=status, times=None)
    with pytest.raises(DestinationError) as caught:
        receiver.webhook.push([change("1"), change("2")])
    assert not isinstance(caught.value, Retriable)
    assert receiver.statuses() == [status]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(receiver: Receiver, status: int) -> None:
    receiver.fault("status", status=status)
    assert statuses(receiver.webhook.push([change("1")])) == ["accepted"]
    assert receiver.statuses() == [status, 200]


def test_a_wait_that_the_receiver_asks_for_is_waited(receiver: Receiver) -> None:
    receiver.fault("status", status=429, retry_after=17)
    receiver.webhook.push([change("1")])
    assert 17 <= receiver.naps[0] < 18


def test_a_row_that_gets_no_answer_holds_up_no_other(receiver: Receiver) -> None:
    receiver.fault("status", status=500, unique_value="1", times=None)
    outcomes = receiver.webhook.push([change("1"), change("2")])
    assert statuses(outcomes) == ["pending", "accepted"]
    assert outcomes[0].error_code == "retriable"


def test_rows_without_an_answer_here_and_there_stop_nothing(receiver: Receiver) -> None:
    for key in ("0", "2", "4", "6"):
        receiver.fault("status", status=500, unique_value=key, times=None)
    outcomes = receiver.webhook.push([change(str(number)) for number in range(8)])
    assert statuses(outcomes) == ["pending", "accepted"] * 4


def test_a_receiver_that_is_down_is_not_asked_for_every_row(receiver: Receiver) -> None:
    receiver.fault("status", status=503, times=None)
    with pytest.raises(Retriable):
        receiver.webhook.push([change(str(number)) for number in range(9)])
    assert len(receiver.statuses()) == 3 * 3


def test_what_was_answered_before_a_stop_is_not_forgotten(receiver: Receiver) -> None:
    receiver.fault("expire_token", after=2)
    outcomes = receiver.webhook.push([change(str(number)) for number in range(4)])
    assert statuses(outcomes) == ["accepted", "accepted", "pending", "pending"]
    with pytest.raises(AccessRefused):
        receiver.webhook.push([change("9")])


def test_any_body_of_a_success_will_do(receiver: Receiver) -> None:
    receiver.fault("not_json", times=None)
    assert statuses(receiver.webhook.push([change("1")])) == ["accepted"]
    assert receiver.statuses() == [200]


# Settings.


def connect(**settings: str) -> Any:
    given = {"URL": "https://example.com/in?key=hidden", "SECRET": SECRET, **settings}
    return DESTINATIONS["webhook"].connect(
        {f"WEBHOOK_{k}": v for k, v in given.items()}, Target("rows")
    )


@pytest.mark.parametrize(
    ("settings", "account"),
    [({}, "live"), ({"ACCOUNT": "crm"}, "crm"), ({"URL": "http://127.0.0.1:9/"}, "sandbox")],
)
def test_the_account_has_a_name(settings: dict[str, str], account: str) -> None:
    with connect(CALLS_PER_SECOND="25", **settings) as connection:
        assert connection.account == account
        assert connection.destination.capabilities.rows_per_second == 25


@pytest.mark.parametrize(
    "settings",
    [
        {"URL": ""},
        {"SECRET": ""},
        {"SECRET": "whsec_short"},
        {"URL": "http://example.com/in"},
        {"URL": "example.com"},
        {"CALLS_PER_SECOND": "0"},
        {"ACCOUNT": "sandbox"},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError), connect(**settings):
        pass


@pytest.mark.parametrize(
    "url", ["https://bot:Sec#ret9@x.example/", "https://bot:Sec/ret9@x.example/", "https://[Sec/"]
)
def test_an_address_that_cannot_be_read_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigError) as refused, connect(URL=url):
        pass
    assert str(refused.value) == "WEBHOOK_URL is no address: its host or its port cannot be read."


def test_without_settings_it_is_the_sandbox(tmp_path: Path) -> None:
    environment = {
        "DECILE_SANDBOX_STATE": str(tmp_path / "state.sqlite"),
        "DECILE_RATES": str(tmp_path / "rates.sqlite"),
        "WEBHOOK_ACCOUNT": "mine",
    }
    with DESTINATIONS["webhook"].connect(environment, Target("rows")) as connection:
        assert connection.account == "sandbox"
        assert statuses(connection.destination.push([change("1")])) == ["accepted"]


def test_no_message_shows_where_it_went(receiver: Receiver) -> None:
    answer = Answer("Webhook", "POST", "its endpoint", 403, {}, None)
    assert "its endpoint" in str(classify(answer))
    receiver.fault("status", status=404)
    with pytest.raises(DestinationError) as caught:
        receiver.webhook.push([change("1")])
    assert WEBHOOK_PATH not in str(caught.value)


def test_the_message_in_the_document_is_signed_as_it_says() -> None:
    text = (Path(__file__).parents[1] / "docs" / "webhook.md").read_text(encoding="utf-8")
    headers = dict(re.findall(r"^(webhook-\w+): (.+)$", text, re.M))
    (body,) = re.findall(r'^\{"type".*\}$', text, re.M)
    now = int(headers["webhook-timestamp"])
    assert is_signed(read_secret(SECRET), headers, body.encode(), now=now)
    made = message(
        Change("t", "7:a41f", "upsert", None, "a41f", {"score": "63", "band": "hot"}, TYPES),
        datetime.fromtimestamp(now, UTC),
    )
    assert made.decode() == body
