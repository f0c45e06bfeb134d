"""What is foretold of a contact's points is what the scoring models give on that day."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sync.explain_scores import DAYS_AHEAD, _outlook, explain_scores
from sync.forecast import Bounds, Card, EventRule, FieldRule, Outlook, next_leaving
from tests.scoring_project import AS_OF, ScoringProject

NOON = datetime(2026, 7, 1, 12)  # noqa: DTZ001  (timestamps are UTC)
MODELS = (
    "lead_scores", "score_reasons", "event_rule_hits", "event_rule_firsts", "score_scale_current",
    "score_steps", "active_rule_groups", "contact_profiles", "computed_fields",
)  # fmt: skip
# What no rule can know of a day to come: how many mails will be sent, which days were active.
UNFORESEEN = ("active_days_30", "unopened_emails_in_a_row", "potential_value")


def rule(*ages: float, **changes: Any) -> EventRule:
    """A rule of 10 points, halving in 10 days, counted for 30; events so many days ago."""
    given: dict[str, Any] = {
        "rule": "prices", "scorecard": "what", "rule_group": None, "millionths": 10_000_000,
        "first_time_millionths": 0, "half_life_days": 10.0, "within_days": 30, "min_times": 1,
        "max_points": Decimal(100),
    }  # fmt: skip
    hits = tuple(sorted(NOON - timedelta(days=age) for age in ages))
    return EventRule(**(given | {"hits": hits} | changes))


def after(days: float) -> datetime:
    return NOON + timedelta(days=days)


def test_points_halve_and_leave_with_the_window() -> None:
    assert rule(0).points(NOON) == 10
    assert rule(0).points(after(10)) == 5
    assert rule(0).points(after(29.999)) > 1
    assert rule(0).points(after(30)) == 0
    assert rule(0, half_life_days=None).points(after(29)) == 10


def test_below_its_least_number_of_times_a_rule_gives_nothing() -> None:
    twice = rule(0, 20, min_times=2, half_life_days=None)
    assert twice.points(after(9)) == 20
    assert twice.points(after(10)) == 0
    (leaving,) = next_leaving([twice], NOON)
    assert (leaving.leaves_at, leaving.events, leaving.points) == (after(10), 1, 20)


def test_a_cap_may_let_an_event_leave_unnoticed() -> None:
    capped = rule(0, 20, half_life_days=None, max_points=Decimal(10))
    (leaving,) = next_leaving([capped], NOON)
    assert (leaving.events, leaving.points) == (1, 0)


def test_the_first_time_leaves_with_its_event() -> None:
    first = rule(0, 20, first_time_millionths=5_000_000, first=after(-20), half_life_days=None)
    assert first.points(NOON) == 25
    (leaving,) = next_leaving([first], NOON)
    assert leaving.points == 15


def test_events_of_one_day_leave_together_and_the_soonest_rule_is_first() -> None:
    later, sooner = rule(1, rule="later"), rule(20, 20.1, 5, rule="sooner")
    one, other = next_leaving([later, sooner], NOON)
    assert (one.rule, one.events, other.rule, other.events) == ("sooner", 2, "later", 1)
    assert next_leaving([rule(1, within_days=36_500)], NOON) == []


@pytest.mark.parametrize(
    ("operator", "low", "high", "holds"),
    [(">", 30, None, True), (">=", 37, None, True), ("<", 37, None, False), ("=", 37, None, True),
     ("between", 31, 40, True), ("between", 38, 40, False), ("is_null", None, None, False)],
)  # fmt: skip
def test_idle_days_are_known_ahead(
    operator: str, low: int | None, high: int | None, *, holds: bool
) -> None:
    lowest, highest = (None if each is None else Decimal(each) for each in (low, high))
    idle = FieldRule("idle", "what", None, Decimal(-15), holds=False,
                     field="days_since_last_activity", operator=operator, lowest=lowest,
                     highest=highest)  # fmt: skip
    assert idle.holds_after(7, {"days_since_last_activity": 30}) == holds
    assert idle.holds_after(7, {"days_since_last_activity": None}) is False
    assert idle.holds_after(7, {}) is False


def test_groups_and_scorecards_bound_what_is_foretold() -> None:
    bounds = Bounds(Decimal(0), Decimal(12))
    outlook = Outlook(
        as_of=NOON,
        event_rules=[rule(0, rule_group="web"), rule(0, rule="other", rule_group="web"), rule(0)],
        field_rules=[FieldRule("rich", "what", None, Decimal(4), holds=True)],
        groups={("what", "web"): bounds},
        cards={"what": Card("default", Decimal("0.5"), Bounds(Decimal(0), Decimal(22)))},
        days_since={},
    )
    assert outlook.points_after(0) == {"default": Decimal(11)}
    assert outlook.points_after(10) == {"default": Decimal("9.50")}


@pytest.fixture(scope="module")
def scoring() -> ScoringProject:
    project = ScoringProject()
    project.write_rules()
    names = ", ".join(f"'{name}'" for name in UNFORESEEN)
    project.connection.execute(
        f"update raw.field_rules set is_active = 'false' where field in ({names})"
    )
    return project


def reader(project: ScoringProject) -> Any:
    class Names(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return name

    def read(sql: str, *values: object) -> list[dict[str, Any]]:
        named = sql.format_map(Names())
        found = project.connection.execute(named, list(values) * (1 if values else 0))
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return read


def random_events(people: list[str]) -> list[dict[str, Any]]:
    chance = random.Random(7)  # noqa: S311  (a draw for a test, no secret)
    kinds = [
        {"event_name": "page_viewed", "page_path": "/pricing"},
        {"event_name": "page_viewed", "page_path": "/product/1"},
        {"event_name": "page_viewed", "page_path": "/compare"},
        {"event_name": "email_opened"}, {"event_name": "email_clicked"},
        {"event_name": "cart_item_added"}, {"event_name": "email_unsubscribed"},
        {"event_name": "document_downloaded"}, {"event_name": "demo_requested"},
        {"event_name": "newsletter_subscribed"}, {"event_name": "trial_started"},
    ]  # fmt: skip
    return [
        chance.choice(kinds) | {"contact_id": person, "days_ago": chance.uniform(0, 120)}
        for person in people
        for _ in range(chance.randint(0, 25))
    ]


def points(project: ScoringProject) -> dict[str, Decimal]:
    return dict(project.rows("select contact_id, points from lead_scores"))


@pytest.mark.long
def test_what_is_foretold_is_what_a_build_of_that_day_gives(scoring: ScoringProject) -> None:
    people = [f"person{number}" for number in range(40)]
    events = random_events(people)
    scoring.write_contacts(*people)
    scoring.write_events(events)
    scoring.build(*MODELS, "contact_fields")
    outlooks = {person: _outlook(reader(scoring), person, AS_OF) for person in people}
    assert {p: o.points_after(0)["default"] for p, o in outlooks.items()} == points(scoring)
    for days in DAYS_AHEAD:
        scoring.write_events([row | {"days_ago": row["days_ago"] + days} for row in events])
        scoring.build("lead_scores")
        then = {p: o.points_after(days)["default"] for p, o in outlooks.items()}
        assert then == points(scoring)


@pytest.mark.long
def test_a_disqualified_contact_has_points_and_no_score_ahead(scoring: ScoringProject) -> None:
    scoring.write_contacts({"contact_id": "ada", "job_title": "Student"}, "bob")
    scoring.write_events([("ada", "demo_requested", 2), ("bob", "demo_requested", 2)])
    scoring.build(*MODELS, "contact_fields")
    scoring.connection.execute(
        "create or replace table score_history as select *, 1 as change_number, "
        "scored_at as changed_at, null as previous_band, null as previous_decile, "
        "null as previous_grade from lead_scores"
    )
    ada, bob = (explain_scores(reader(scoring), person) for person in ("ada", "bob"))
    assert [(row["lead_score"], row["band"]) for row in ada["ahead"]] == [(None, "irrelevant")] * 2
    assert [row["band"] for row in bob["ahead"]] == ["warm", "cold"]
    assert bob["scores"][0]["since"] == AS_OF
    assert [row["rule"] for row in bob["leaving"]] == ["requested_demo"]
