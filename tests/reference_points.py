"""What every rule is worth, in plain Python: the rules as docs/scoring.md words them.

Slow and obvious on purpose, and without a look at the SQL: tests/test_reference_points.py holds
the models against it. Rules are rows of the seeds, whose cells are texts; an empty one is None.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import floor

Row = Mapping[str, str | None]
Value = str | Decimal | int | bool | None
CENT = Decimal("0.01")
NUMBERS = {"unit_price", "quantity", "amount", "duration_seconds"}


@dataclass(frozen=True)
class Event:
    """Something that a contact did."""

    event_id: str
    contact_id: str
    event_name: str
    occurred_at: datetime
    properties: Mapping[str, Value]


@dataclass(frozen=True)
class Rules:
    """The seeds: what is on or off, the scorecards and groups with their bounds."""

    event_rules: Sequence[Row]
    field_rules: Sequence[Row]
    rule_groups: Sequence[Row]
    scorecards: Sequence[Row]
    scenarios: Sequence[Row]


def score_points(
    rules: Rules, events: Sequence[Event], fields: Mapping[str, Value], as_of: datetime
) -> dict[str, Decimal]:
    """The rows of one contact at one date: points by rule, and what bounds take away."""
    active = {row["scenario"] for row in rules.scenarios if row["is_active"] == "true"}
    scorecards = [card for card in rules.scorecards if card["scenario"] in active]
    rows: dict[str, Decimal] = {}
    for card in scorecards:
        rows |= scorecard_points(rules, card, events, fields, as_of)
    return rows


def scorecard_points(
    rules: Rules,
    card: Row,
    events: Sequence[Event],
    fields: Mapping[str, Value],
    as_of: datetime,
) -> dict[str, Decimal]:
    """The rows of one scorecard: its rules, then its groups' caps, then its own."""
    rows: dict[str, Decimal] = {}
    by_group: dict[str | None, list[Decimal]] = defaultdict(list)
    for rule in (*rules.event_rules, *rules.field_rules):
        if rule["scorecard"] != card["scorecard"] or rule["is_active"] != "true":
            continue
        if "event_name" in rule:
            points = event_rule_points(rule, events, as_of)
        else:
            points = field_rule_points(rule, fields)
        if points:
            rows[str(rule["rule"])] = points
            by_group[rule["rule_group"]].append(points)
    for group in rules.rule_groups:
        if group["scorecard"] == card["scorecard"] and group["rule_group"] in by_group:
            taken = beyond(sum(by_group[group["rule_group"]]), group)
            if taken:
                rows[f"cap:{card['scorecard']}/{group['rule_group']}"] = taken
    taken = beyond(sum(rows.values()), card)
    if rows and taken:
        rows[f"cap:{card['scorecard']}"] = taken
    return rows


def event_rule_points(rule: Row, events: Iterable[Event], as_of: datetime) -> Decimal:
    """The points of a rule: every event that counts, and the first time."""
    matching = [event for event in events if matches(rule, event)]
    window = [event for event in matching if lies_in_window(rule, event, as_of)]
    counted = latest_of_each_day(rule, window)
    if len(counted) < int(rule["min_times"] or 1):
        return Decimal(0)
    millionths = sum(decayed(rule, "points", event, as_of) for event in counted)
    first = min(matching, key=lambda event: (event.occurred_at, event.event_id), default=None)
    if rule["first_time_points"] and first in window:
        millionths += decayed(rule, "first_time_points", first, as_of)
    points = Decimal(millionths) / 1_000_000
    if rule["max_points"]:
        cap = Decimal(rule["max_points"])
        points = max(min(points, cap), -cap)
    return points.quantize(CENT, ROUND_HALF_UP)


def field_rule_points(rule: Row, fields: Mapping[str, Value]) -> Decimal:
    """The points of a rule where its field fits."""
    fits = holds(str(rule["operator"]), rule["value"], fields.get(str(rule["field"])))
    return Decimal(rule["points"] or 0).quantize(CENT, ROUND_HALF_UP) if fits else Decimal(0)


def matches(rule: Row, event: Event) -> bool:
    """Whether an event is one that the rule counts, whenever it was."""
    if event.event_name != rule["event_name"]:
        return False
    if rule["property"] is None:
        return True
    return holds(str(rule["operator"]), rule["value"], event.properties.get(rule["property"]))


def holds(operator: str, compared: str | None, found: Value) -> bool:
    """Whether a value fits a comparison; a missing one fits is_null only."""
    if found is None or operator == "is_null":
        return found is None and operator == "is_null"
    if isinstance(found, bool | str):
        return text_holds(operator, (compared or "").lower(), str(found).lower())
    low, _, high = (compared or "").partition("|")
    if operator == "between":
        return Decimal(low) <= found <= Decimal(high)
    against = Decimal(low)
    return {
        "=": found == against,
        "!=": found != against,
        ">": found > against,
        ">=": found >= against,
        "<": found < against,
        "<=": found <= against,
    }[operator]


def text_holds(operator: str, compared: str, found: str) -> bool:
    """Whether a text fits a comparison; both are in lower case."""
    return {
        "=": found == compared,
        "!=": found != compared,
        "in": found in compared.split("|"),
        "not_in": found not in compared.split("|"),
        "contains": compared in found,
        "starts_with": found.startswith(compared),
        "is_true": found == "true",
    }[operator]


def lies_in_window(rule: Row, event: Event, as_of: datetime) -> bool:
    """Whether as_of - window < occurred_at <= as_of."""
    start = as_of - timedelta(days=int(rule["within_days"] or 36_500))
    return start < event.occurred_at <= as_of


def latest_of_each_day(rule: Row, events: Iterable[Event]) -> list[Event]:
    """The events that the daily limit leaves."""
    days: dict[object, list[Event]] = defaultdict(list)
    for event in events:
        days[event.occurred_at.date()].append(event)
    limit = int(rule["max_per_day"]) if rule["max_per_day"] else None
    latest_first = [
        sorted(day, key=lambda event: (event.occurred_at, event.event_id), reverse=True)
        for day in days.values()
    ]
    return [event for day in latest_first for event in day[:limit]]


def decayed(rule: Row, column: str, event: Event, as_of: datetime) -> int:
    """Points that halve with every half-life, in whole millionths."""
    age_days = (as_of - event.occurred_at) / timedelta(microseconds=1) / 86_400_000_000
    halvings = age_days / float(rule["half_life_days"]) if rule["half_life_days"] else 0.0
    millionths = int(Decimal(rule[column] or 0) * 1_000_000)
    return floor(millionths * 0.5 ** min(halvings, 60.0) + 0.5)


def beyond(points: Decimal | int, bounds: Row) -> Decimal:
    """What brings points back between min_points and max_points."""
    held = Decimal(points)
    if bounds["max_points"]:
        held = min(held, Decimal(bounds["max_points"]))
    if bounds["min_points"]:
        held = max(held, Decimal(bounds["min_points"]))
    return (held - points).quantize(CENT)


def scenario_points(rules: Rules, rows: Mapping[str, Decimal], cards: Mapping[str, str]) -> Decimal:
    """The score: every row, weighted; `cards` tells the scorecard of each row."""
    weights = {}
    for scenario in rules.scenarios:
        for card in rules.scorecards:
            if card["scenario"] == scenario["scenario"]:
                weights[card["scorecard"]] = Decimal(scenario[f"{card['dimension']}_weight"] or 0)
    total = sum((points * weights[cards[rule]] for rule, points in rows.items()), Decimal(0))
    return total.quantize(CENT, ROUND_HALF_UP)
