"""Many updates of Mailchimp members in one asynchronous batch, and the archive that tells of it."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import AUDIENCE, StandIn, change, mailchimp_id, mailchimp_member, standing_in

from sync.changes import Change, Field, Outcome
from sync.destinations.mailchimp import BATCH_FROM
from sync.destinations.mailchimp_batches import LONGEST_WAIT, WHAT, _outcomes, _read
from sync.download import download, files_of
from sync.errors import AccessRefused, Ambiguous, DestinationError, Retriable
from sync.sandbox import mailchimp_batches

MANY = BATCH_FROM + 10
SHOWN = mailchimp_batches.shown


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("mailchimp", tmp_path, monkeypatch, people=MANY) as opened:
        opened.destination.apply_setup([Field("score", "SCORE", "integer", "Score", "1 to 100.")])
        monkeypatch.setattr(opened.destination._batches, "_sleep", opened.naps.append)
        yield opened


def rows(count: int = MANY, score: str | None = "7", operation: Any = "update") -> list[Change]:
    fields = {"decile_score": score}
    return [change("mailchimp", number, operation, fields) for number in range(1, count + 1)]


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def test_many_known_members_are_one_write(there: StandIn) -> None:
    outcomes = there.destination.push(rows())
    assert statuses(outcomes) == ["accepted"] * MANY
    assert [outcome.destination_id for outcome in outcomes[:2]] == [
        mailchimp_id(1),
        mailchimp_id(2),
    ]
    assert [(call["method"], call["rows"]) for call in there.writes()] == [("POST", MANY)]
    shown = mailchimp_member(there, MANY)
    assert shown is not None
    assert shown["SCORE"] == 7


def test_below_the_threshold_each_is_a_call(there: StandIn) -> None:
    there.destination.push(rows(BATCH_FROM - 1))
    assert {call["method"] for call in there.writes()} == {"PATCH"}


def test_a_batch_says_nothing_of_the_status(there: StandIn) -> None:
    store = there.sandbox._store
    place, body = f"{AUDIENCE}/{mailchimp_id(1)}", {"email_address": "person1@example.com"}
    with store.transaction():
        store.keep("mailchimp", "members", place, body | {"status": "unsubscribed"})
    there.destination.push(rows())
    with store.transaction():
        kept = store.held("mailchimp", "members", place)
    assert kept is not None
    assert (kept["status"], kept["SCORE"]) == ("unsubscribed", 7)


def test_who_turns_out_to_exist_keeps_what_only_a_new_member_is_given(there: StandIn) -> None:
    fields = {"SCORE": "7", "FNAME": "Bob"}
    born = frozenset({"FNAME"})
    found = [
        replace(one, operation="upsert", record_id=None, fields=fields, only_new=born)
        for one in rows()
    ]
    assert set(statuses(there.destination.push(found))) == {"accepted"}
    assert [call["rows"] for call in there.writes()] == [MANY, MANY]
    shown = mailchimp_member(there, 1)
    assert shown is not None
    assert (shown["FNAME"], shown["SCORE"]) == (None, 7)


def test_each_row_gets_the_answer_of_its_operation(there: StandIn) -> None:
    there.fault("row_error", record_id=mailchimp_id(2))
    there.fault("omit_row", record_id=mailchimp_id(3))
    there.fault("shuffle")
    outcomes = there.destination.push([*rows(), change("mailchimp", 999)])
    assert [one.token for one in outcomes[:3]] == ["update1", "update2", "update3"]
    assert statuses(outcomes) == [
        "accepted", "rejected", "pending", *["accepted"] * (MANY - 3), "rejected"
    ]  # fmt: skip
    assert [outcomes[1].error_code, outcomes[-1].error_code] == [
        "INVALID_RESOURCE",
        "MEMBER_NOT_FOUND",
    ]


def test_many_are_cleared_in_one_write_and_erased_by_themselves(there: StandIn) -> None:
    there.destination.push(rows())
    removals = rows(score=None, operation="remove")
    gone = change("mailchimp", 999, "remove")
    assert statuses(there.destination.push([*removals, gone])) == ["accepted"] * (MANY + 1)
    shown = mailchimp_member(there, 1)
    assert shown is not None
    assert shown["SCORE"] is None
    assert statuses(there.destination.push(rows(1, operation="erase"))) == ["accepted"]


def test_the_archive_is_fetched_without_the_key(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def keeping(session: Any, request: requests.PreparedRequest, **more: Any) -> Any:
        kept.append(request)
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", keeping)
    there.destination.push(rows())
    fetched = [one for one in kept if "/results/" in str(one.url)]
    assert len(fetched) == 1
    assert "Authorization" not in fetched[0].headers
    bodies = [json.loads(one.body) for one in kept if str(one.url).endswith("/batches") if one.body]
    bodies = [json.loads(one["body"]) for one in bodies[0]["operations"]]
    assert {name for body in bodies for name in body} == {"merge_fields"}


def unfinished(patch: pytest.MonkeyPatch, times: int) -> None:
    left = [times]

    def shown(*given: Any) -> Any:
        left[0] -= 1
        found = SHOWN(*given)
        return found if left[0] < 0 or not found else found | {"status": "started"}

    patch.setattr(mailchimp_batches, "shown", shown)


def test_a_batch_is_waited_for(there: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    unfinished(monkeypatch, 3)
    assert set(statuses(there.destination.push(rows()))) == {"accepted"}
    assert there.naps == [1.0, 2.0, 4.0]


def test_a_batch_that_takes_too_long_is_stopped_and_may_be_repeated(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished(monkeypatch, 10_000)
    with pytest.raises(Ambiguous, match="stopped"):
        there.destination.push(rows())
    assert LONGEST_WAIT <= sum(there.naps) < LONGEST_WAIT + 10
    assert "DELETE" in {call["method"] for call in there.get("calls")["calls"]}
    unfinished(monkeypatch, 0)
    assert set(statuses(there.destination.push(rows()))) == {"accepted"}


def test_what_was_added_before_a_batch_that_failed_is_not_forgotten(there: StandIn) -> None:
    there.fault("status", status=500, times=None, path="/batches")
    new = Change("new", "k", "upsert", None, "new@example.com", {"SCORE": "7"})
    outcomes = there.destination.push([new, *rows()])
    assert statuses(outcomes) == ["accepted", *["pending"] * MANY]
    with pytest.raises(Retriable):
        there.destination.push(rows())


@pytest.mark.parametrize("fault", [{"kind": "cut"}, {"kind": "status", "status": 403}])
def test_an_archive_that_does_not_come_is_asked_for_again(
    there: StandIn, fault: dict[str, Any]
) -> None:
    there.fault(**fault, path="/results/")
    assert set(statuses(there.destination.push(rows()))) == {"accepted"}
    there.fault(**fault, path="/results/", times=None)
    with pytest.raises(Ambiguous) as caught:
        there.destination.push(rows())
    assert "/results/" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://example.com/x?sig=1", "ftp://example.com/x", "", "https://me@example.com/x"]
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(DestinationError, match="https://") as caught:
        download(url, WHAT, max_bytes=10)
    assert "example.com" not in str(caught.value)


def test_an_archive_that_is_too_large_is_not_read(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.destinations.mailchimp_batches.MAX_BYTES", 100)
    with pytest.raises(Ambiguous, match="larger than 100 bytes"):
        there.destination.push(rows())


def packed(*files: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for number, file in enumerate(files):
            info = tarfile.TarInfo(f"../../{number}.json")
            info.size = len(file)
            tar.addfile(info, io.BytesIO(file))
    return out.getvalue()


def test_an_archive_that_unpacks_to_too_much_is_not_read() -> None:
    small = packed(b"0" * 1_000_000)
    assert len(small) < 10_000
    with pytest.raises(Ambiguous, match="holds more"):
        list(files_of(small, WHAT, max_bytes=10_000))


@given(st.binary(max_size=200))
def test_what_is_no_archive_is_no_answer(noise: bytes) -> None:
    for archive in (noise, gzip.compress(noise + b"x"), packed(noise)[:-20]):
        with pytest.raises(Ambiguous):
            list(files_of(archive, WHAT, max_bytes=100_000))


def told(*answers: tuple[int, object]) -> list[Outcome]:
    changes = rows(len(answers))
    results = [
        {"operation_id": one.token, "status_code": status, "response": response}
        for one, (status, response) in zip(changes, answers, strict=True)
    ]
    return _outcomes(changes, dict(_read(json.dumps(results).encode())))


def test_a_status_means_in_a_batch_what_it_means_alone() -> None:
    secret = json.dumps({"title": "Member In Compliance State", "detail": "ada@example.com"})
    outcomes = told(
        (200, json.dumps({"id": "a" * 32})), (400, secret), (500, "{}"), (429, ""), (200, "<html>"),
        (401, "{}"),
    )  # fmt: skip
    assert statuses(outcomes) == ["accepted", "rejected", *["pending"] * 4]
    assert outcomes[1].error_code == "MEMBER_IN_COMPLIANCE_STATE"
    assert "ada@" not in str(outcomes)


def test_where_the_key_may_update_nobody_the_sync_stops() -> None:
    with pytest.raises(AccessRefused):
        told((403, '{"title": "User Disabled"}'), (403, '{"title": "User Disabled"}'))


@pytest.mark.parametrize("text", [b"<html>", b"\xff", b"[" * 100_000])
def test_a_file_that_is_not_json_is_no_answer(text: bytes) -> None:
    with pytest.raises(Ambiguous):
        _read(text)
