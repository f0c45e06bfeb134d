"""Slack against the sandbox: what a message looks like, and what is never repeated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from contracts import breach
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import StandIn, change, held, standing_in

from sync.answers import Answer
from sync.changes import Change, Destination
from sync.destinations.connection import Target
from sync.destinations.slack import MAX_SECTION, classify, section
from sync.destinations.slack_connect import CONNECTOR, Settings
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    Retriable,
)
from sync.sandbox.slack import WEBHOOK_PATH

SPEC = Path(__file__).parents[1].parent / "shared" / "specs" / "slack" / "slack_web_openapi_v2.json"
LIVE = {"SLACK_TOKEN": "xoxb-1"}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("slack", tmp_path, monkeypatch) as opened:
        yield opened


def row(number: int, **fields: str | None) -> Change:
    return change("slack", number, "create", fields or {"Lead score": str(number)})


def messages(there: StandIn) -> list[dict[str, Any]]:
    found = held(there, "slack", "messages")
    return [found[name] for name in sorted(found)]


def names(message: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in message["blocks"]][1:-1]


@contextmanager
def webhook(there: StandIn, path: str = WEBHOOK_PATH, **settings: str) -> Iterator[Destination]:
    environment = {"SLACK_TOKEN": there.sandbox.url + path, "SLACK_MESSAGES_PER_SECOND": "1000"}
    with CONNECTOR.connect(environment, Target("messages", settings)) as connection:
        assert connection.account == "sandbox"
        yield connection.destination


def test_a_batch_is_one_message_with_a_section_for_each_row(there: StandIn) -> None:
    outcomes = there.destination.push([row(1), row(2, Name="Ada", Company=None)])
    assert [one.destination_id for one in outcomes] == ["k1", "k2"]
    (message,) = messages(there)
    assert message["text"] == "Decile: 2 rows"
    assert (message["channel"], message["unfurl_links"]) == ("C0123", False)
    assert [block["text"]["text"] for block in message["blocks"][:-1]] == [
        "*Decile*: 2 rows",
        "*Lead score:* 1",
        "*Name:* Ada",
    ]


def test_a_row_goes_to_the_channel_that_it_names(there: StandIn) -> None:
    there.destination.push([
        row(1, Name="Ada", channel="C9"), row(2, Name="Bob"), row(3, Name="Eve", channel="C9"),
        row(4, Name="Joe", channel=None),
    ])  # fmt: skip
    posted = {message["channel"]: names(message) for message in messages(there)}
    assert posted == {"C9": ["k1", "k3"], "C0123": ["k2", "k4"]}
    assert all("channel" not in block["text"]["text"]
               for message in messages(there) for block in message["blocks"][:-1])  # fmt: skip


def test_a_webhook_refuses_rows_for_another_channel(there: StandIn) -> None:
    with webhook(there) as destination, pytest.raises(ConfigError, match="own channel"):
        destination.push([row(1, Name="Ada", channel="C9")])


@pytest.mark.parametrize("text", ["<!channel> hi", "<@U1>", "a & <b>", "&lt;!here&gt;", "<https://x|y>"])  # fmt: skip  # noqa: E501
def test_what_somebody_typed_mentions_nobody(there: StandIn, text: str) -> None:
    there.destination.push([row(1, **{"<!here>": text})])
    (message,) = messages(there)
    assert message["pings"] == 0
    shown = message["blocks"][1]["text"]
    assert shown["verbatim"] is True
    assert not set(shown["text"]) & set("<>")


@given(st.dictionaries(st.text(), st.text(), max_size=4))
def test_no_text_has_a_sign_of_slack(fields: dict[str, str]) -> None:
    text = section(replace(row(1), fields=fields))
    assert text
    assert not set(text) & set("<>")
    assert text.count("&") == sum(text.count(f"&{name};") for name in ("amp", "lt", "gt"))


def test_a_title_is_what_the_exposure_says(there: StandIn) -> None:
    with webhook(there, title="Hot <leads>") as destination:
        destination.push([row(1)])
    assert messages(there)[0]["text"] == "Hot &lt;leads&gt;: 1 row"


def test_long_rows_take_several_messages(there: StandIn) -> None:
    outcomes = there.destination.push([row(number, Note="x" * 2900) for number in range(1, 11)])
    assert {one.status for one in outcomes} == {"accepted"}
    assert [names(one) for one in messages(there)] == [
        ["k1", "k2", "k3", "k4"],
        ["k5", "k6", "k7", "k8"],
        ["k9", "k10"],
    ]


def test_a_row_that_is_too_long_takes_no_other_with_it(there: StandIn) -> None:
    long = row(2, Note="&" * (MAX_SECTION // 5))  # escaped, each is five
    outcomes = there.destination.push([row(1), long, row(3)])
    assert [one.status for one in outcomes] == ["accepted", "rejected", "accepted"]
    assert outcomes[1].error_code == "TEXT_TOO_LONG"
    assert [names(one) for one in messages(there)] == [["k1", "k3"]]


def test_a_row_that_slack_refuses_is_found_and_the_others_are_posted_once(there: StandIn) -> None:
    there.fault("row_error", record_id="k3", times=None)
    outcomes = there.destination.push([row(number) for number in range(1, 7)])
    assert [one.status for one in outcomes] == ["accepted"] * 2 + ["rejected"] + ["accepted"] * 3
    assert outcomes[2].error_code == "INVALID_BLOCKS"
    posted = [name for message in messages(there) for name in names(message)]
    assert sorted(posted) == ["k1", "k2", "k4", "k5", "k6"]


@pytest.mark.parametrize("fault", ["cut", "applied_then_502", "not_json"])
def test_a_message_without_an_answer_is_not_posted_again(there: StandIn, fault: str) -> None:
    there.fault(fault)
    with pytest.raises(Ambiguous):
        there.destination.push([row(1)])
    assert len(messages(there)) == 1
    there.destination.push([row(1)])
    first, second = (message["blocks"][-1]["elements"] for message in messages(there))
    assert first == second  # the same reference: it came twice


def test_what_comes_after_a_lost_answer_is_pending(there: StandIn) -> None:
    there.fault("status", status=500, after=1, times=None)
    outcomes = there.destination.push([row(number, Note="x" * 2900) for number in range(1, 10)])
    assert [one.status for one in outcomes] == ["accepted"] * 4 + ["pending"] * 5
    assert {one.error_code for one in outcomes[4:]} == {"ambiguous"}
    assert len(messages(there)) == 1


def test_a_limit_is_waited_out(there: StandIn) -> None:
    there.fault("status", status=429)
    there.destination.push([row(1)])
    assert 30 <= there.naps[-1] < 31
    assert len(messages(there)) == 1


@pytest.mark.parametrize("operation", ["remove", "erase"])
def test_what_was_posted_stays(there: StandIn, operation: Any) -> None:
    with pytest.raises(ConfigError, match="stays"):
        there.destination.push([replace(row(1), operation=operation)])


def answer(word: str, status: int = 200) -> Answer:
    return Answer(
        "Slack", "POST", "/api/chat.postMessage", status, {}, {"ok": False, "error": word}
    )


def plain(word: str, status: int) -> Answer:
    return Answer("Slack", "POST", "its webhook", status, {}, None, None, word)


@pytest.mark.parametrize(
    ("given_answer", "kind"),
    [
        (answer("rate_limited"), Retriable),
        (answer("ratelimited", 429), Retriable),
        (answer("invalid_auth"), AccessRefused),
        (answer("token_revoked"), AccessRefused),
        (answer("missing_scope"), AccessRefused),
        (answer("not_in_channel"), AccessRefused),
        (answer("channel_not_found"), AccessRefused),
        (answer("is_archived"), AccessRefused),
        (answer("ada@example.com"), AccessRefused),
        (answer("msg_too_long"), BatchRefused),
        (answer("msg_blocks_too_long"), BatchRefused),
        (answer("invalid_blocks"), BatchRefused),
        (answer("internal_error"), Ambiguous),
        (answer("fatal_error"), Ambiguous),
        (plain("invalid_payload", 400), BatchRefused),
        (plain("no_text", 400), BatchRefused),
        (plain("action_prohibited", 403), AccessRefused),
        (plain("channel_not_found", 404), AccessRefused),
        (plain("no_service", 404), AccessRefused),
        (plain("channel_is_archived", 410), AccessRefused),
        (plain("rollup_error", 500), Ambiguous),
        (plain("ok", 200), type(None)),
    ],
)
def test_every_word_has_its_class(given_answer: Answer, kind: type) -> None:
    found = classify(given_answer)
    assert type(found) is kind
    assert "ada@" not in str(found)


def test_a_webhook_posts_to_its_own_channel(there: StandIn) -> None:
    with webhook(there) as destination:
        assert destination.push([row(1)])[0].status == "accepted"
        assert all(finding.ok for finding in destination.check())
    (message,) = messages(there)
    assert "channel" not in message


def test_no_message_shows_the_address_of_a_webhook(there: StandIn) -> None:
    path = "/slack/services/T0/B0/very-secret"
    with webhook(there, path) as destination, pytest.raises(AccessRefused) as refusal:
        destination.push([row(1)])
    assert "secret" not in str(refusal.value) + repr(refusal.value)
    settings = Settings.read({"SLACK_TOKEN": "https://hooks.slack.com/services/T/B/very-secret"})
    assert "secret" not in repr(settings)


def test_a_webhook_that_does_not_say_ok_has_not_said_that_it_posted(there: StandIn) -> None:
    there.fault("not_json")
    with webhook(there) as destination, pytest.raises(Ambiguous):
        destination.push([row(1)])


def test_a_webhook_names_no_channel_and_a_bot_has_to(there: StandIn) -> None:
    with pytest.raises(ConfigError, match="own channel"), webhook(there, channel="C1"):
        pass
    with pytest.raises(ConfigError, match="told"), CONNECTOR.connect(LIVE, Target("messages")):
        pass


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"SLACK_MESSAGES_PER_SECOND": "0"}, "SLACK_MESSAGES_PER_SECOND"),
        ({"SLACK_ACCOUNT": "sandbox"}, "SLACK_ACCOUNT"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(wrong: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.read(LIVE | wrong)


def test_a_webhook_in_clear_is_refused() -> None:
    clear = {"SLACK_TOKEN": "http://hooks.slack.com/services/T/B/x"}
    with (
        pytest.raises(ConfigError, match="https"),
        CONNECTOR.connect(clear, Target("messages")),
    ):
        pass


def test_a_title_that_is_too_long_is_named(there: StandIn) -> None:
    with pytest.raises(ConfigError, match="title"), webhook(there, title="x" * 151):
        pass


def test_the_contract_refuses_a_mention() -> None:
    body = {"text": "<!channel>", "blocks": [], "unfurl_links": False, "unfurl_media": False}
    headers = {"Content-Type": "application/json; charset=utf-8"}
    url = f"http://sandbox{WEBHOOK_PATH}"
    request = requests.Request("POST", url, data=json.dumps(body), headers=headers).prepare()
    assert "<!channel>" in str(breach("slack", request))


@pytest.mark.skipif(not SPEC.exists(), reason="the vendor's own description is not here")
def test_a_message_has_only_what_the_vendor_knows(there: StandIn) -> None:
    # It is of 2021 and describes forms, so only the names can be compared.
    call = json.loads(SPEC.read_text(encoding="utf-8"))["paths"]["/chat.postMessage"]["post"]
    there.destination.push([row(1)])
    (message,) = messages(there)
    assert set(message) - {"pings"} <= {one["name"] for one in call["parameters"]}
