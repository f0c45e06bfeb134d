"""What becomes of a contact's points if nothing happens any more. Pure.

The sums are those of the scoring models: millionths per event, a cap per rule, the bounds of
groups and scorecards, the weights of the scenario. Rules on fields stay as they are, except those
on the days since something happened, which are known for any day.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")
DAY = timedelta(days=1)
# The macro active_event_rules takes a rule without a window for one of a century.
NO_WINDOW = 36_500


@dataclass(frozen=True)
class EventRule:
    """An active event rule with a contact's events: those it counts, and the first of all."""

    rule: str
    scorecard: str
    rule_group: str | None
    millionths: int
    first_time_millionths: int
    half_life_days: float | None
    within_days: int
    min_times: int
    max_points: Decimal
    hits: tuple[datetime, ...] = ()
    first: datetime | None = None

    def points(self, moment: datetime) -> Decimal:
        """Give its points at a moment, if nothing has happened since."""
        hits = [hit for hit in self.hits if self._counts(hit, moment)]
        if len(hits) < self.min_times:
            return Decimal(0)
        total = sum(self._decayed(self.millionths, hit, moment) for hit in hits)
        if self.first and self._counts(self.first, moment):
            total += self._decayed(self.first_time_millionths, self.first, moment)
        return _rounded(_within(total * MILLIONTH, -self.max_points, self.max_points))

    def leaves(self, hit: datetime) -> datetime:
        """Give the moment from which an event no longer counts."""
        return hit + self.within_days * DAY

    def without(self, hits: Iterable[datetime]) -> EventRule:
        """Give the rule as if these events were gone already."""
        gone = set(hits)
        kept = tuple(hit for hit in self.hits if hit not in gone)
        return replace(self, hits=kept, first=None if self.first in gone else self.first)

    def _counts(self, hit: datetime, moment: datetime) -> bool:
        return moment < self.leaves(hit)

    def _decayed(self, millionths: int, hit: datetime, moment: datetime) -> int:
        age = (moment - hit) / DAY
        halves = age / self.half_life_days if self.half_life_days else 0.0
        return math.floor(millionths * math.pow(0.5, min(60.0, halves)) + 0.5)


@dataclass(frozen=True)
class FieldRule:
    """An active field rule: whether it holds now, and what it compares if it is about days."""

    rule: str
    scorecard: str
    rule_group: str | None
    points: Decimal
    holds: bool
    field: str = ""
    operator: str = ""
    lowest: Decimal | None = None
    highest: Decimal | None = None

    def holds_after(self, days: int, days_since: Mapping[str, int | None]) -> bool:
        """Tell whether it holds after so many more days, `days_since` being what is known now."""
        known = days_since.get(self.field)
        if known is None or self.lowest is None:
            return self.holds
        idle, low, high = known + days, self.lowest, self.highest
        return {
            "=": idle == low,
            "!=": idle != low,
            ">": idle > low,
            ">=": idle >= low,
            "<": idle < low,
            "<=": idle <= low,
            "between": high is not None and low <= idle <= high,
        }.get(self.operator, self.holds)


@dataclass(frozen=True)
class Bounds:
    """The least and the most that a group or a scorecard gives."""

    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True)
class Card:
    """A scorecard of a scenario."""

    scenario: str
    weight: Decimal
    bounds: Bounds


@dataclass(frozen=True)
class Outlook:
    """All that a contact's points hang on."""

    as_of: datetime
    event_rules: Sequence[EventRule]
    field_rules: Sequence[FieldRule]
    groups: Mapping[tuple[str, str], Bounds]
    cards: Mapping[str, Card]
    days_since: Mapping[str, int | None]

    def points_after(self, days: int) -> dict[str, Decimal]:
        """Give the points of each scenario after so many days in which nothing happens."""
        moment = self.as_of + days * DAY
        groups: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        cards: dict[str, Decimal] = defaultdict(Decimal)
        for scorecard, group, points in self._points(moment, days):
            if group is None:
                cards[scorecard] += points
            else:
                groups[scorecard, group] += points
        for (scorecard, group), points in groups.items():
            cards[scorecard] += _bounded(points, self.groups.get((scorecard, group)))
        scenarios: dict[str, Decimal] = {card.scenario: Decimal(0) for card in self.cards.values()}
        for name, points in cards.items():
            card = self.cards[name]
            scenarios[card.scenario] += _bounded(points, card.bounds) * card.weight
        return {scenario: _rounded(points) for scenario, points in scenarios.items()}

    def _points(self, moment: datetime, days: int) -> Iterator[tuple[str, str | None, Decimal]]:
        for rule in self.event_rules:
            yield rule.scorecard, rule.rule_group, rule.points(moment)
        for field_rule in self.field_rules:
            if field_rule.holds_after(days, self.days_since):
                yield field_rule.scorecard, field_rule.rule_group, field_rule.points


@dataclass(frozen=True)
class Leaving:
    """The next events of a rule to leave its window, all on one day, and the points that go."""

    rule: str
    leaves_at: datetime
    events: int
    points: Decimal


def next_leaving(rules: Iterable[EventRule], as_of: datetime) -> list[Leaving]:
    """Give for each rule what it loses next, the soonest first."""
    found = []
    for rule in rules:
        counted = {*rule.hits, *([rule.first] if rule.first else [])}
        moments = sorted((rule.leaves(hit), hit) for hit in counted if rule.within_days < NO_WINDOW)
        if not moments or not rule.points(as_of):
            continue
        day = moments[0][0].date()
        going = [hit for leaves, hit in moments if leaves.date() == day]
        last = rule.leaves(going[-1])
        # What they still give when the last of them leaves, with and without all of them.
        still = replace(rule, within_days=NO_WINDOW)
        lost = still.points(last) - still.without(going).points(last)
        found.append(Leaving(rule.rule, last, sum(hit in going for hit in rule.hits), lost))
    return sorted(found, key=lambda each: (each.leaves_at, each.rule))


def _bounded(points: Decimal, bounds: Bounds | None) -> Decimal:
    return points if bounds is None else _within(points, bounds.lowest, bounds.highest)


def _within(points: Decimal, lowest: Decimal, highest: Decimal) -> Decimal:
    return max(min(points, highest), lowest)


def _rounded(points: Decimal) -> Decimal:
    return points.quantize(CENT, ROUND_HALF_UP)
