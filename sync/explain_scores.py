"""A contact's scores: every point with its reason, how they came to be, and what goes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sync.forecast import Bounds, Card, EventRule, FieldRule, Outlook, next_leaving
from sync.warehouse import Record

Json = dict[str, Any]
# Reads rows of a query that names its tables in braces.
Read = Callable[..., list[Record]]
DAYS_AHEAD = (7, 30)
# The days since something are known for any day to come, if nothing happens till then.
KNOWN_AHEAD = ("days_since_last_activity",)


def explain_scores(read: Read, contact_id: str) -> Json:
    """Give the scores of a contact as plain values; empty lists where it has none."""
    scores = read(_SCORES, contact_id)
    history = read(_HISTORY, contact_id)
    for score in scores:
        score["since"] = _since(score, history)
    found: Json = {"scores": scores, "points": read(_POINTS, contact_id), "history": history}
    if not scores:
        return found | {"leaving": [], "ahead": [], "unforeseen": []}
    outlook = _outlook(read, contact_id, scores[0]["scored_at"])
    labels = {row["rule"]: row["label"] for row in read(_LABELS)}
    leaving = [
        {"rule": each.rule, "label": labels[each.rule], "leaves_at": each.leaves_at,
         "events": each.events, "points": each.points}
        for each in next_leaving(outlook.event_rules, outlook.as_of)
    ]  # fmt: skip
    return found | {
        "leaving": leaving,
        "ahead": _ahead(read, scores, outlook),
        "unforeseen": _unforeseen(read, outlook),
    }


def _since(score: Json, history: list[Json]) -> datetime | None:
    """Give the moment from which the contact has been in its band."""
    changes = [row for row in history if row["scenario"] == score["scenario"]]
    entered = [row["changed_at"] for row in changes if row["band"] != row["previous_band"]]
    return max(entered, default=None)


def _ahead(read: Read, scores: list[Json], outlook: Outlook) -> list[Json]:
    """Give points, score and band at some days ahead, if nothing happens till then."""
    scales, steps = read(_SCALES), read(_STEPS)
    by_points = {row["scenario"] for row in read("select * from {scenarios}") if _is_points(row)}
    found = []
    for days in DAYS_AHEAD:
        points_of = outlook.points_after(days)
        for score in scores:
            scenario, points = score["scenario"], points_of.get(score["scenario"], Decimal(0))
            value = (
                _clamped(points) if scenario in by_points else _looked_up(scales, scenario, points)
            )
            found.append(
                {
                    "scenario": scenario,
                    "days": days,
                    "on": outlook.as_of + timedelta(days=days),
                    "points": points,
                    "lead_score": None if score["is_disqualified"] else value,
                    "band": score["band"]
                    if score["is_disqualified"]
                    else _band(steps, scenario, points, value),
                }
            )
    return found


def _is_points(scenario: Record) -> bool:
    return scenario.get("scale") == "points"


def _clamped(points: Decimal) -> int:
    return min(max(int(points.quantize(Decimal(1), ROUND_HALF_UP)), 1), 100)


def _looked_up(scales: list[Record], scenario: str, points: Decimal) -> int:
    for row in scales:
        if row["scenario"] == scenario and row["from_points"] <= points < row["below_points"]:
            return int(row["score"])
    return 1


def _band(steps: list[Record], scenario: str, points: Decimal, score: int) -> str | None:
    for row in steps:
        value = score if row["compared"] == "score" else points
        if row["scenario"] == scenario and row["from_value"] <= value < row["below_value"]:
            return str(row["step"])
    return None


def _unforeseen(read: Read, outlook: Outlook) -> list[str]:
    """Give the rules that hold now, on fields that time alone may change."""
    steady = {"contact_id", *(read("select * from {contact_profiles} limit 1") or [{}])[0]}
    return sorted(
        rule.rule
        for rule in outlook.field_rules
        if rule.holds and rule.field not in steady and rule.field not in outlook.days_since
    )


def _outlook(read: Read, contact_id: str, as_of: datetime) -> Outlook:
    hits: dict[str, list[datetime]] = defaultdict(list)
    for row in read(_HITS, contact_id, as_of):
        hits[row["rule"]].append(row["occurred_at"])
    firsts = {row["rule"]: row["occurred_at"] for row in read(_FIRSTS, contact_id, as_of)}
    holding = {row["rule"] for row in read(_HOLDING, contact_id, as_of)}
    known = [*KNOWN_AHEAD, *(row["field"] for row in read(_DAYS_SINCE))]
    fields = (read(_FIELDS, contact_id, as_of) or [{}])[0]
    return Outlook(
        as_of=as_of,
        event_rules=[
            _event_rule(row, hits[row["rule"]], firsts.get(row["rule"]))
            for row in read("select * from {active_event_rules} order by rule")
        ],
        field_rules=[
            _field_rule(row, holding)
            for row in read("select * from {active_field_rules} order by rule")
        ],
        groups={
            (row["scorecard"], row["rule_group"]): _bounds(row)
            for row in read("select * from {active_rule_groups}")
        },
        cards={
            row["scorecard"]: Card(row["scenario"], row["weight"], _bounds(row))
            for row in read("select * from {active_scorecards}")
        },
        days_since={field: fields[field] for field in known if field in fields},
    )


def _bounds(row: Record) -> Bounds:
    return Bounds(row["min_points"], row["max_points"])


def _event_rule(row: Record, hits: list[datetime], first: datetime | None) -> EventRule:
    half_life = row["half_life_days"]
    return EventRule(
        rule=row["rule"],
        scorecard=row["scorecard"],
        rule_group=row["rule_group"],
        millionths=row["millionths"],
        first_time_millionths=row["first_time_millionths"],
        half_life_days=None if half_life is None else float(half_life),
        within_days=row["within_days"],
        min_times=row["min_times"],
        max_points=Decimal(row["max_points"]),
        hits=tuple(sorted(hits)),
        first=first,
    )


def _field_rule(row: Record, holding: set[str]) -> FieldRule:
    return FieldRule(
        rule=row["rule"],
        scorecard=row["scorecard"],
        rule_group=row["rule_group"],
        points=row["points"],
        holds=row["rule"] in holding,
        field=row["field"],
        operator=row["operator"],
        lowest=row["lowest_number"],
        highest=row["highest_number"],
    )


_SCORES = """
    select
        scenario, points, fit_points, engagement_points, lead_score, decile, band, grade,
        qualification, is_disqualified, disqualified_reason, top_reasons, scored_at
    from {lead_scores}
    where contact_id = ?
    order by scenario
"""

_POINTS = """
    select scenario, reason_rank, rule, points, occurrences, last_occurred_at, reason
    from {score_reasons}
    where contact_id = ?
    order by scenario, reason_rank
"""

_HISTORY = """
    select
        scenario, change_number, changed_at, previous_band, band, previous_decile, decile,
        previous_grade, grade, points, lead_score
    from {score_history}
    where contact_id = ?
    order by scenario, change_number desc
"""

_LABELS = "select rule, label from {event_rules}"

_HITS = "select rule, occurred_at from {event_rule_hits} where contact_id = ? and as_of = ?"

_FIRSTS = "select rule, occurred_at from {event_rule_firsts} where contact_id = ? and as_of = ?"

_HOLDING = "select rule from {score_points} where contact_id = ? and as_of = ?"

_DAYS_SINCE = "select field from {computed_fields} where function = 'days_since'"

_FIELDS = "select * from {contact_fields} where contact_id = ? and as_of = ?"

_SCALES = """
    select scenario, score, from_points, below_points
    from {score_scale_current}
    where measure = 'total'
"""

_STEPS = """
    select scenario, compared, step, from_value, below_value
    from {score_steps}
    where measure = 'total'
"""
