"""The models agree with tests/reference_points.py to the cent, whatever the rules and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference_points import Event, Row, Rules, Value, scenario_points, score_points
from tests.scoring_project import AS_OF, ScoringProject

# Three dates whose windows and days lie across each other.
DATES = [AS_OF, AS_OF - timedelta(days=10), AS_OF - timedelta(days=12, hours=7)]
CONTACTS = ["ada", "bob"]
# What stands between the raw tables and the score, in the order in which one reads the other.
MODELS = {
    "active_scorecards": "table", "active_rule_groups": "table", "active_event_rules": "table",
    "active_field_rules": "table", "event_rule_dates": "table", "scored_events": "view",
    "event_rule_matches": "view", "event_rule_hits": "view", "event_rule_firsts": "view",
    "event_rule_points": "table", "field_rule_points": "table", "rule_group_caps": "view",
    "score_points": "table", "scenario_sums": "view",
}  # fmt: skip
SCENARIOS = [{"scenario": "s", "fit_weight": "0.5", "engagement_weight": "1.25",
              "is_active": "true"}]  # fmt: skip
GROUPS = {"what": "mails", "who": "size"}

maybe = st.none
points = st.sampled_from(["3", "10", "-7.5", "25.25", "0.003333", "0"])
bounds = st.sampled_from(["0", "3.5", "12", "40"])
texts = st.sampled_from(["/Pricing/x", "/pricing", "/careers", "", "true"])
numbers = st.sampled_from([Decimal(0), Decimal("9.99"), Decimal(10), Decimal(250)])


@st.composite
def comparisons(draw: st.DrawFn, *, of_texts: bool) -> tuple[str, str | None]:
    """An operator that goes with the column, and what it compares with."""
    if draw(st.integers(0, 9)) == 0:
        return "is_null", None
    if of_texts:
        operator = draw(st.sampled_from(
            ["=", "!=", "in", "not_in", "contains", "starts_with", "is_true"]))  # fmt: skip
        if operator == "is_true":
            return operator, None
        return operator, draw(st.sampled_from(["/pricing", "/PRICING|/careers", "true", "/c"]))
    operator = draw(st.sampled_from(["=", "!=", ">", ">=", "<", "<=", "between"]))
    return operator, "9.99|10" if operator == "between" else draw(st.sampled_from(["10", "9.99"]))


@st.composite
def event_rules(draw: st.DrawFn, number: int) -> Row:
    """A rule with any of the features, in the edges of which the events lie."""
    compared = draw(st.sampled_from([None, None, None, "page_path", "amount"]))
    operator, value = (
        draw(comparisons(of_texts=compared == "page_path")) if compared else (None, None)
    )
    return {
        "rule": f"event_{number}", "scorecard": draw(st.sampled_from(list(GROUPS))),
        "event_name": draw(st.sampled_from(["page_viewed", "email_opened"])),
        "property": compared, "operator": operator, "value": value, "points": draw(points),
        "within_days": draw(st.sampled_from([None, "1", "2", "10", "30"])),
        "half_life_days": draw(st.sampled_from([None, "0.01", "1", "7", "30.5"])),
        "min_times": draw(st.sampled_from([None, None, "2", "3"])),
        "max_per_day": draw(st.sampled_from([None, "1", "2"])),
        "max_points": draw(st.sampled_from([None, "0.5", "8", "20"])),
        "first_time_points": draw(st.sampled_from([None, None, "4", "-2.5"])),
        "group": draw(st.booleans()), "is_active": draw(st.sampled_from(["true"] * 4 + ["false"])),
    }  # fmt: skip


@st.composite
def field_rules(draw: st.DrawFn, number: int) -> Row:
    """A rule for a text, a truth, a whole number or a decimal."""
    field = draw(st.sampled_from(["industry", "is_competitor", "employee_count",
                                  "potential_value"]))  # fmt: skip
    of_texts = field in ("industry", "is_competitor")
    operator, value = draw(comparisons(of_texts=of_texts))
    if field == "is_competitor" and operator not in ("is_true", "is_null"):
        operator, value = (
            draw(st.sampled_from(["=", "!="])),
            draw(st.sampled_from(["true", "FALSE"])),
        )
    if field == "employee_count" and value:
        value = value.replace("9.99", "9")
    return {
        "rule": f"field_{number}", "scorecard": draw(st.sampled_from(list(GROUPS))),
        "field": field, "operator": operator, "value": value, "points": draw(points),
        "group": draw(st.booleans()), "is_disqualifier": "false", "is_active": "true",
    }  # fmt: skip


def with_group(rule: Row) -> Row:
    """Put a rule into the group of its scorecard, or into none."""
    group = GROUPS[str(rule["scorecard"])] if rule["group"] else None
    return {name: cell for name, cell in rule.items() if name != "group"} | {"rule_group": group}


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    """Seeds that decile check rules would let pass."""
    drawn = [[draw(one(number)) for number in range(draw(st.integers(1, 4)))]
             for one in (event_rules, field_rules)]  # fmt: skip
    low = bounds.map(lambda text: f"-{text}")
    return Rules(
        event_rules=[with_group(rule) for rule in drawn[0]],
        field_rules=[with_group(rule) for rule in drawn[1]],
        rule_groups=[
            {"rule_group": group, "scorecard": card, "min_points": draw(maybe() | low),
             "max_points": draw(maybe() | bounds)}
            for card, group in GROUPS.items()
        ],
        scorecards=[
            {"scorecard": card, "scenario": "s", "dimension": dimension,
             "min_points": draw(maybe() | low), "max_points": draw(maybe() | bounds)}
            for card, dimension in (("what", "engagement"), ("who", "fit"))
        ],
        scenarios=SCENARIOS,
    )  # fmt: skip


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """A moment on the edge of a window or a day of one of the dates, or just beside it."""
    days = draw(st.sampled_from([0, 1, 1, 2, 10, 30]))
    beside = draw(st.sampled_from([0, 0, 0, 1, -1, 60_000_000, 3_600_000_000]))
    return draw(st.sampled_from(DATES)) - timedelta(days=days, microseconds=beside)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events of all contacts, several at one moment among them."""
    number = draw(st.integers(2, 16))
    return [
        Event(
            event_id=f"{draw(st.integers(0, 99)):02}-{each}",
            contact_id=draw(st.sampled_from(CONTACTS)),
            event_name=draw(st.sampled_from(["page_viewed", "page_viewed", "email_opened"])),
            occurred_at=draw(moments()),
            properties={"page_path": draw(maybe() | texts), "amount": draw(maybe() | numbers)},
        )
        for each in range(number)
    ]


people = st.fixed_dictionaries({
    "industry": maybe() | texts,
    "is_competitor": maybe() | st.booleans(),
    "employee_count": maybe() | st.sampled_from([0, 9, 10, 250]),
    "potential_value": maybe() | numbers,
})  # fmt: skip


class Models:
    """The models that give points, over tables that every example writes anew."""

    def __init__(self) -> None:
        self.project = ScoringProject()
        self.project.write("event_catalog", [])
        self.project.build("contact_fields", "contacts_at_dates")
        for table in ("scoring_dates", "contacts_at_dates"):
            self.run(f"delete from {table}")
        self.run("insert into scoring_dates (is_current, as_of) values (true, ?), (false, ?), "
                 "(false, ?)", DATES)  # fmt: skip
        for seed in ("event_rules", "field_rules", "rule_groups", "scorecards", "scenarios",
                     "contact_events"):  # fmt: skip
            self.make("view", seed, f"select * from raw.{seed}")
        for name, kind in MODELS.items():
            self.make(kind, name, self.project.statements[name])

    def run(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self.project.connection.execute(sql, values).fetchall()

    def make(self, kind: str, name: str, sql: str) -> None:
        self.run(f"drop table if exists {name}")
        self.run(f"create {kind} {name} as {sql}")

    def score(
        self, given: Rules, events: Sequence[Event], fields: Mapping[str, Mapping[str, Value]]
    ) -> list[tuple[str, datetime]]:
        """Build for these contacts; give who is known when: the last of them not at every date."""
        known = [(contact, date) for contact in fields for date in DATES][:-1]
        for seed in ("event_rules", "field_rules", "rule_groups", "scorecards", "scenarios"):
            self.project.write(seed, getattr(given, seed))
        self.project.write("contact_events", [
            {"event_id": event.event_id, "contact_id": event.contact_id, "is_excluded": False,
             "event_name": event.event_name, "occurred_at": event.occurred_at, **event.properties}
            for event in events
        ])  # fmt: skip
        rows = [{"contact_id": contact, "as_of": date, **fields[contact]}
                for contact, date in known]  # fmt: skip
        for table, names in (("contacts_at_dates", ("contact_id", "as_of")),
                             ("contact_fields", tuple(rows[0]))):  # fmt: skip
            self.run(f"delete from {table}")
            self.run(
                f"insert into {table} ({', '.join(names)}) "
                f"select {', '.join('unnest(?)' for _ in names)}",
                [[row[name] for row in rows] for name in names],
            )
        for name, kind in MODELS.items():
            if kind == "table":
                self.run(f"delete from {name}")
                self.run(f"insert into {name} {self.project.statements[name]}")
        return known


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@settings(deadline=None, max_examples=10)
@given(given=rules(), events=histories(), fields=st.tuples(people, people))
def test_points_are_those_of_the_reference_to_the_cent(
    models: Models,
    given: Rules,
    events: list[Event],
    fields: tuple[dict[str, Value], dict[str, Value]],
) -> None:
    agree(models, given, events, dict(zip(CONTACTS, fields, strict=True)))


@pytest.mark.long
@settings(deadline=None, max_examples=300)
@given(given=rules(), events=histories(), fields=st.tuples(people, people))
def test_points_are_those_of_the_reference_at_length(
    models: Models,
    given: Rules,
    events: list[Event],
    fields: tuple[dict[str, Value], dict[str, Value]],
) -> None:
    agree(models, given, events, dict(zip(CONTACTS, fields, strict=True)))


@pytest.mark.parametrize(
    "cells",
    [{}, {"max_per_day": "1"}, {"max_per_day": "1", "half_life_days": "1"},
     {"min_times": "3", "first_time_points": "4"}, {"within_days": None, "max_points": "12"}],
)  # fmt: skip
def test_the_edges_of_windows_and_days_are_those_of_the_reference(
    models: Models, cells: dict[str, str | None]
) -> None:
    names = ("property", "operator", "value", "half_life_days", "min_times", "max_per_day",
             "max_points", "first_time_points", "rule_group")  # fmt: skip
    rule = {"rule": "edge", "scorecard": "what", "event_name": "page_viewed", "points": "3",
            "within_days": "10", "is_active": "true"}  # fmt: skip
    bare = {"min_points": None, "max_points": None}
    given = Rules(
        event_rules=[dict.fromkeys(names) | rule | cells],
        field_rules=[],
        rule_groups=[],
        scorecards=[{"scorecard": "what", "scenario": "s", "dimension": "engagement", **bare}],
        scenarios=SCENARIOS,
    )
    edges = [AS_OF - timedelta(days=days, microseconds=beside)
             for days in (0, 1, 10) for beside in (-1, 0, 1, 3_600_000_000)]  # fmt: skip
    events = [
        Event(f"{number}", "ada", "page_viewed", moment, {}) for number, moment in enumerate(edges)
    ]
    # Ada has all of them, and of the others each has one.
    alone = [
        replace(event, event_id=f"only {event.event_id}", contact_id=f"of {event.event_id}")
        for event in events
    ]
    who = ("ada", *(event.contact_id for event in alone), "nobody")
    agree(models, given, [*events, *alone], {contact: {"industry": None} for contact in who})


def agree(
    models: Models,
    given: Rules,
    events: Sequence[Event],
    by_contact: Mapping[str, Mapping[str, Value]],
) -> None:
    """Score with both, and compare every row and sum."""
    known = models.score(given, events, by_contact)
    found: dict[tuple[str, datetime], dict[str, Decimal]] = {}
    cards = {}
    for contact, date, rule, card, its_points in models.run(
        "select contact_id, as_of, rule, scorecard, points from score_points"
    ):
        found.setdefault((contact, date), {})[rule] = its_points
        cards[rule] = card
    sums = {
        (contact, date): total
        for contact, date, total in models.run(
            "select contact_id, as_of, points from scenario_sums"
        )
    }
    for contact, date in known:
        done = [event for event in events if event.contact_id == contact]
        expected = score_points(given, done, by_contact[contact], date)
        rows = found.pop((contact, date), {})
        assert rows == expected
        total = sums.get((contact, date), Decimal(0))
        assert total == scenario_points(given, expected, cards)
    assert not found
