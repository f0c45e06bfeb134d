"""What a person sees of a contact's scores: what they are, why, what goes next, how they came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Json = dict[str, Any]
FEW = 5


def show_scores(console: Console, person: Json) -> None:
    """Print the sections on scores; one line where there is no score."""
    by_scenario = _by_scenario(person)
    show_heading(console, "Scores")
    if not person["scores"]:
        console.print(_why_none(person["consents"]))
        return
    _scores(console, person["scores"], by_scenario)
    if person["points"]:
        show_heading(console, "Why: every rule with points")
        _points(console, person["points"], by_scenario)
    else:
        console.print("No rule gives it points.")
    if person["leaving"]:
        show_heading(console, "What leaves its window next, if nothing happens")
        _leaving(console, person["leaving"])
    _ahead(console, person, by_scenario)
    show_heading(console, "How it came")
    _history(console, person["history"], by_scenario)


def _by_scenario(person: Json) -> Callable[[Json], list[str]]:
    """Give the cell that names a scenario, where there are several."""
    several = len(person["scores"]) > 1
    return lambda row: [row["scenario"]] if several else []


def _why_none(consents: Sequence[Json]) -> str:
    if any((row["purpose"], row["stands"]) == ("profiling", "denied") for row in consents):
        return "It has no score: profiling was refused."
    return "It has no score: it was not known at the moment of the last build."


def _scores(
    console: Console, scores: Sequence[Json], by_scenario: Callable[[Json], list[str]]
) -> None:
    table = plain_table(*("scenario" for _ in by_scenario(scores[0])))
    for name in ("points", "fit", "engaged", "score", "decile"):
        table.add_column(name, justify="right")
    for name in ("band", "grade", "ready for", "since"):
        table.add_column(name, overflow="fold")
    for row in scores:
        table.add_row(
            *by_scenario(row),
            *(f"{row[name]:,.1f}" for name in ("points", "fit_points", "engagement_points")),
            *(as_text(row[name]) for name in ("lead_score", "decile", "band", "grade")),
            as_text(row["qualification"]),
            as_text(row["since"]),
        )
    console.print(table)
    for row in scores:
        if row["is_disqualified"]:
            reason = f"Disqualified in {row['scenario']}: {row['disqualified_reason']}."
            console.print(Text(f"{reason} It has no score and no rank."))


def _points(
    console: Console, points: Sequence[Json], by_scenario: Callable[[Json], list[str]]
) -> None:
    table = plain_table(*("scenario" for _ in by_scenario(points[0])), "reason", "rule")
    table.add_column("times", justify="right")
    table.add_column("last")
    for row in points:
        table.add_row(
            *by_scenario(row),
            Text(row["reason"]),
            Text(row["rule"]),
            f"{row['occurrences']:,}" if row["last_occurred_at"] else "",
            as_text(row["last_occurred_at"]) if row["last_occurred_at"] else "",
        )
    console.print(table)


def _leaving(console: Console, rows: Sequence[Json]) -> None:
    table = plain_table("rule", "on")
    for name in ("events", "points"):
        table.add_column(name, justify="right")
    for row in rows[:FEW]:
        table.add_row(
            Text(row["label"]),
            as_text(row["leaves_at"]),
            f"{row['events']:,}",
            f"{-row['points']:+.1f}" if row["points"] else "0.0",
        )
    console.print(table)
    if len(rows) > FEW:
        console.print(f"and {len(rows) - FEW} more rules, later")


def _ahead(console: Console, person: Json, by_scenario: Callable[[Json], list[str]]) -> None:
    console.print()
    for row in person["ahead"]:
        score = "no score" if row["lead_score"] is None else f"score {row['lead_score']}"
        scenario = "".join(f", {name}" for name in by_scenario(row))
        console.print(
            f"In {row['days']} days{scenario}: {row['points']:,.1f} points, {score}, "
            f"{row['band'] or 'no band'}."
        )
    if person["unforeseen"]:
        console.print(
            Text(
                "Taken as they are today, though time may change them: "
                f"{', '.join(person['unforeseen'])}."
            )
        )


def _history(
    console: Console, rows: Sequence[Json], by_scenario: Callable[[Json], list[str]]
) -> None:
    if not rows:
        console.print("Nothing is remembered yet.")
        return
    table = plain_table("when", *("scenario" for _ in by_scenario(rows[0])))
    for name in ("band", "decile", "grade"):
        table.add_column(name)
    for name in ("points", "score"):
        table.add_column(name, justify="right")
    for row in rows[:FEW]:
        first = row["change_number"] == 1
        steps = ("band", "decile", "grade")
        table.add_row(
            as_text(row["changed_at"]),
            *by_scenario(row),
            *(_step(row[f"previous_{name}"], row[name], first=first) for name in steps),
            f"{row['points']:,.1f}",
            as_text(row["lead_score"]),
        )
    console.print(table)
    if len(rows) > FEW:
        console.print(f"and {len(rows) - FEW} earlier changes")


def _step(before: object, after: object, *, first: bool) -> str:
    return as_text(after) if first or before == after else f"{as_text(before)} → {as_text(after)}"


def as_text(value: object) -> str:
    """Give a value as a page shows it: a time as its day, nothing as a dash."""
    return (
        f"{value:%Y-%m-%d}" if isinstance(value, datetime) else "–" if value is None else str(value)
    )


def show_heading(console: Console, text: str) -> None:
    """Print the heading of a section."""
    console.print()
    console.rule(f"[bold]{text}", align="left", style="dim")


def plain_table(*headings: str) -> Table:
    """Give a table without lines, whose columns fold."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
