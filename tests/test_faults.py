"""Whole syncs against a sandbox that misbehaves in every way that was seen in the wild.

Each test ends with the destination holding what the model holds and nothing left to send, or
says which rows are not there, and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from small_project import person
from whole_sync import (
    Project,
    World,
    a_run,
    a_sync,
    newcomers,
    open_project,
    open_world,
    people,
)

from sync.destinations.hubspot import HubSpotContacts
from sync.errors import AccessRefused, QuotaExhausted, Retriable
from sync.http import HttpClient
from sync.ledger import Ledger
from sync.sandbox import Limit

BOTH = pytest.mark.parametrize("name", ["hubspot", pytest.param("webhook", marks=pytest.mark.long)])
HUBSPOT = pytest.mark.parametrize("name", ["hubspot"])
WEBHOOK = pytest.mark.parametrize("name", ["webhook"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with open_project(tmp_path_factory.mktemp("project")) as opened:
        yield opened


@pytest.fixture
def limit() -> Limit | None:
    return None


@pytest.fixture
def world(
    name: str,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: Limit | None,
) -> Iterator[World]:
    with open_world(name, project, tmp_path, monkeypatch, limit=limit) as opened:
        yield opened


# What an answer says.


@HUBSPOT
def test_200_with_empty_results_is_no_success(world: World) -> None:
    world.there.fault("empty_results", times=None)
    world.people(*people(4))
    result = world.run()
    assert (result.status, result.exit_code) == ("incomplete", 1)
    assert world.failed() == dict.fromkeys("1234", ("rejected", "VALIDATION_ERROR"))
    assert world.held("1") == (None, None)
    world.there.no_faults()
    world.run()
    world.settled(*people(4))


@HUBSPOT
def test_empty_results_once_are_mended_within_the_run(world: World) -> None:
    world.there.fault("empty_results")
    world.people(*people(4))
    assert world.run().status == "succeeded"
    world.settled(*people(4))


@HUBSPOT
def test_207_mixed_unordered_and_tied_by_trace_ids_only(world: World) -> None:
    for kind in ("shuffle", "other_ids"):
        world.there.fault(kind)
    world.there.fault("row_error", record_id="2", code="RULE_NOT_MET")
    world.there.fault("omit_row", record_id="4")
    world.people(*people(6))
    result = world.run()
    assert result.outcomes == {"accepted": 4, "rejected": 1, "pending": 1}
    assert world.failed() == {"2": ("rejected", "RULE_NOT_MET"), "4": ("pending", None)}
    assert world.run().sent == 2
    world.settled(*people(6))


@HUBSPOT
def test_a_row_that_no_list_mentions_is_sent_again(world: World) -> None:
    world.there.fault("omit_row", unique_value="n2")
    world.people(*newcomers(3))
    assert world.run().outcomes == {"accepted": 2, "pending": 1}
    assert world.run().sent == 1
    world.settled(*newcomers(3))
    assert world.there.get("state")["created"] == 3


@HUBSPOT
def test_200_with_failures_in_the_body_is_read_row_by_row(world: World) -> None:
    world.there.fault("row_error_200", record_id="3", code="RULE_NOT_MET")
    world.people(*people(5))
    assert world.run().status == "incomplete"
    assert [call["status"] for call in world.there.writes()] == [200]
    assert world.failed() == {"3": ("rejected", "RULE_NOT_MET")}
    world.run()
    world.settled(*people(5))


@WEBHOOK
def test_a_receiver_that_says_200_is_believed_whatever_its_body_says(world: World) -> None:
    world.there.fault("empty_results")
    world.people(*people(2))
    assert world.run().status == "succeeded"
    assert world.held("1") == (None, None)  # the standard's contract: only the status counts


@BOTH
def test_one_bad_row_fails_its_batch_and_ends_alone(world: World) -> None:
    world.there.fault("batch_400", record_id="5", times=None, code="ROW_IS_BAD")
    world.people(*people(9))
    result = world.run()
    assert (result.outcomes["accepted"], result.outcomes["rejected"]) == (8, 1)
    assert list(world.failed()) == ["5"]
    world.there.no_faults()
    assert world.run().sent == 1
    world.settled(*people(9))


# Limits.


@BOTH
@pytest.mark.parametrize("retry_after", [None, 3])
def test_429_is_waited_out(world: World, retry_after: int | None) -> None:
    world.there.fault("status", status=429, retry_after=retry_after, times=2)
    world.people(*people(3))
    assert world.run().status == "succeeded"
    assert sum(world.there.naps) >= 2 * (retry_after or 0)
    world.settled(*people(3))


@BOTH
@pytest.mark.parametrize("limit", [Limit(calls=2, seconds=10)], ids=["burst"])
def test_a_burst_limit_costs_time_only(world: World) -> None:
    world.batches_of(2)
    world.people(*people(9))
    assert world.run().status == "succeeded"
    world.settled(*people(9))


@HUBSPOT
def test_a_used_up_day_stops_and_the_next_one_goes_on(world: World) -> None:
    world.batches_of(2)
    world.there.fault("status", policy="DAILY", after=2, times=None)
    world.people(*people(8))
    result = world.run()
    assert (result.status, result.exit_code, result.sent) == ("stopped", 5, 6)
    assert isinstance(result.error, QuotaExhausted)
    assert (result.error.resumes_at, "midnight" in str(result.error)) == (None, True)
    assert world.there.naps == []
    world.there.no_faults()
    assert world.run().sent == 4
    world.settled(*people(8))


@BOTH
def test_a_wait_of_hours_is_left_to_the_next_run(world: World) -> None:
    world.batches_of(1)
    world.there.fault("status", status=429, retry_after=7200, times=None)
    world.people(*people(8))
    result = world.run()
    assert (result.status, isinstance(result.error, Retriable)) == ("stopped", True)
    assert sum(world.there.naps) < 1
    world.there.no_faults()
    world.run()
    world.settled(*people(8))


# Outages.


@BOTH
def test_a_token_that_expires_in_the_middle_stops_and_repeats_nothing(world: World) -> None:
    world.batches_of(2)
    world.there.fault("expire_token", after=4)
    world.people(*people(10))
    result = world.run()
    assert (result.status, isinstance(result.error, AccessRefused)) == ("stopped", True)
    accepted = result.outcomes["accepted"]
    assert accepted == (8 if world.name == "hubspot" else 4)
    world.there.no_faults()
    assert world.run().sent == 10 - accepted
    world.settled(*people(10))


@BOTH
@pytest.mark.parametrize("kind", ["applied_then_502", "cut", "not_json"])
def test_an_answer_that_got_lost_is_asked_for_again(world: World, kind: str) -> None:
    world.there.fault(kind)
    world.people(*people(3), *newcomers(2))
    assert world.run().status == "succeeded"
    world.settled(*people(3), *newcomers(2))
    created = world.there.get("state")["created"]
    assert created == (2 if world.name == "hubspot" else 0)


@BOTH
@pytest.mark.parametrize("kind", ["applied_then_502", "cut"])
def test_answers_that_stay_lost_leave_rows_pending_and_double_nothing(
    world: World, kind: str
) -> None:
    world.there.fault(kind, times=None)
    world.people(*newcomers(2))
    result = world.run()
    assert result.outcomes == {"pending": 2}
    assert result.exit_code != 0
    assert world.states() == {"n1": "pending", "n2": "pending"}
    world.there.no_faults()
    world.run()
    world.settled(*newcomers(2))
    if world.name == "hubspot":
        assert world.there.get("state")["created"] == 2
    else:
        inbox = world.there.get("hooks")
        assert inbox["messages"] - inbox["duplicates"] == 2


@HUBSPOT
def test_bodies_that_stay_no_json_leave_rows_pending(world: World) -> None:
    world.there.fault("not_json", times=None)
    world.people(*people(2))
    assert world.run().outcomes == {"pending": 2}
    world.there.no_faults()
    world.run()
    world.settled(*people(2))


# Values.


@BOTH
def test_zero_empty_and_null_are_three_things(world: World) -> None:
    first = [person(str(number), str(number), score=9, band="warm") for number in range(1, 6)]
    world.people(*first)
    world.run()
    second = [
        person("1", "1", score=0, band=""),
        person("2", "2", score=None, band=None),
        person("3", "3", score=0, band="0"),
        person("4", "4", score=-1, band="false"),
        person("5", "5", score=9, band="null"),
    ]
    world.people(*second)
    assert world.run().status == "succeeded"
    world.settled(*second)
    assert world.held("1") == ("0", None if world.name == "hubspot" else "")
    assert world.held("2") == (None, None)
    if world.name == "webhook":
        fields = world.there.get("hooks")["rows"]["1"]["fields"]
        assert fields["decile_lead_score"] == 0
        assert isinstance(fields["decile_lead_score"], int)


@BOTH
def test_a_quote_is_not_doubled_and_nothing_else_is_escaped(world: World) -> None:
    texts = ["O'Brien", '"hot"', "''", "\\'", "a;b,c", "<b>&amp;</b>", "暖 🙂"]
    rows = [person(str(n), str(n), band=text) for n, text in enumerate(texts, start=1)]
    world.people(*rows)
    world.run()
    world.settled(*rows)


@BOTH
def test_text_beyond_the_length_is_rejected_alone(world: World) -> None:
    long = person("2", "2", band="x" * 70_000)
    world.people(person("1", "1"), long, person("3", "3"))
    result = world.run()
    codes = {"hubspot": "PROPERTY_VALUE_TOO_LONG", "webhook": "MESSAGE_TOO_LARGE"}
    assert world.failed() == {"2": ("rejected", codes[world.name])}
    assert result.exit_code == 1
    world.people(person("1", "1"), person("2", "2", band="short"), person("3", "3"))
    assert world.run().sent == 1
    world.settled(person("1", "1"), person("2", "2", band="short"))


@HUBSPOT
def test_a_number_with_a_comma_is_rejected_alone_and_not_shown(
    world: World, project: Project
) -> None:
    # A text column that lands in a number property: a number's own text never has a comma.
    fields = {"contact_key": "decile_contact_id", "lead_score": "decile_band", "band": "decile_n"}
    world.sync = a_sync(project[1], "hubspot", fields=fields)
    _, score, _ = world.sync.fields
    world.there.destination.apply_setup([replace(score, name="decile_n")])
    world.people(person("1", "1", band="1.5"), person("2", "2", band="1.234,5"))
    world.run()
    assert world.failed() == {"2": ("rejected", "INVALID_INTEGER")}
    (logged,) = [row for row in world.read("sync_log") if row["status"] == "rejected"]
    assert "decile_n" in logged["message"]
    assert "234" not in logged["message"]


@BOTH
def test_hashes_and_plain_text_in_one_column_stay_what_they_are(world: World) -> None:
    # Neither destination hashes: what looks like a digest is text, and empty stays empty.
    digests = [
        "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "plain@example.com",
        "",
    ]
    rows = [person(str(n), str(n), band=text) for n, text in enumerate(digests, start=1)]
    world.people(*rows)
    world.run()
    world.settled(*rows)


# What is remembered.


@BOTH
def test_no_row_is_lost_because_others_went_through(world: World) -> None:
    world.there.fault("row_error", record_id="2", times=2)
    world.people(*people(3, score=10))
    assert world.run().outcomes == {"accepted": 2, "rejected": 1}
    assert world.run().sent == 1  # the others are not sent again, this one is
    assert world.failed()["2"][0] == "rejected"
    newer = [*people(1, score=10), person("2", "2", score=77), person("3", "3", score=10)]
    world.people(*newer)
    assert world.run().sent == 1
    world.settled(*newer)


@BOTH
def test_a_value_that_goes_and_comes_back_arrives_each_time(world: World) -> None:
    for score in (41, 63, 41):
        world.people(person("1", "1", score=score))
        assert world.run().outcomes == {"accepted": 1}
        assert world.held("1")[0] == str(score)


class Counting:
    """Stands in for the HTTP client: writes every row, and counts the calls."""

    def __init__(self) -> None:
        self.rows: list[int] = []

    def post(self, path: str, body: Any, *, idempotent: bool) -> dict[str, object]:
        assert (path[-12:], idempotent) == ("batch/update", True)
        self.rows.append(len(body["inputs"]))
        return {"results": body["inputs"]}


class Forgetful(Ledger):
    """A ledger that keeps no outcomes: writing ten thousand takes longer than sending them."""

    def add_outcomes(self, *_given: object) -> None:
        pass


def ten_thousand(world: World) -> None:
    table = world.warehouse.relation("sync_crm__people")
    world.warehouse.execute(f"delete from {table}")
    world.warehouse.execute(
        f"insert into {table} select n::text, n::text, n::text, null, n % 100, 'warm' "
        "from range(1, 10001) as numbers (n)"
    )


@pytest.mark.long
@HUBSPOT
def test_ten_thousand_contacts_are_a_hundred_calls(world: World) -> None:
    ten_thousand(world)
    http = Counting()
    there = replace(world.there, destination=HubSpotContacts(cast("HttpClient", http)))
    result = a_run(world.sync, there, Forgetful(world.warehouse, world.ledger.account))
    assert result.outcomes == {"accepted": 10_000}
    assert http.rows == [100] * 100


@pytest.mark.long
@HUBSPOT
def test_ten_thousand_contacts_are_a_hundred_calls_at_the_sandbox(world: World) -> None:
    ten_thousand(world)
    result = world.run()
    assert result.sent == 10_000
    calls = world.there.writes()
    assert (len(calls), {call["rows"] for call in calls}) == (100, {100})
