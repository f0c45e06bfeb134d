"""What a person sees of plans, runs and their state, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from sync.changes import Capabilities, Finding, SetupStep
from sync.config import Sync
from sync.engine import Advance, Result
from sync.errors import DecileError
from sync.personal import shown, shown_key
from sync.planner import Plan, Planned

Json = dict[str, Any]

COLOURS = {
    "succeeded": "green",
    "accepted": "green",
    "exists": "green",
    "ok": "green",
    "create": "yellow",
    "incomplete": "yellow",
    "pending": "yellow",
    "running": "yellow",
    "interrupted": "yellow",
    "rejected": "red",
    "stopped": "red",
    "killed": "red",
    "conflict": "red",
    "wrong": "red",
}


def coloured(word: str) -> Text:
    """Give a status in its colour."""
    return Text(word, style=COLOURS.get(word, ""))


def plan_json(
    plan: Plan, target: str, capabilities: Capabilities, sample: int, *, personal: bool = False
) -> Json:
    """Give a plan as plain values; those about a person only if `personal`."""
    calls, seconds = plan.estimate(capabilities)
    return {
        "sync": plan.sync.name,
        "account": plan.account,
        "target": target,
        "rows": plan.rows_read,
        "create": plan.count("create", "upsert"),
        "update": plan.count("update"),
        "remove": dict(plan.removed),
        "unchanged": plan.unchanged,
        "held_back": dict(plan.held_back),
        "skipped": dict(plan.skipped),
        "blocked": dict(plan.blocked),
        "resent": plan.resent,
        "calls": calls,
        "seconds": seconds,
        "sample": [_planned_json(plan.sync, one, personal=personal) for one in plan.sample(sample)],
    }


def _planned_json(sync: Sync, planned: Planned, *, personal: bool) -> Json:
    return {
        "key": planned.change.key if personal else shown_key(planned.change.key),
        "operation": planned.change.operation,
        "reason": planned.reason,
        "record_id": planned.change.record_id,
        "fields": {
            name: list(pair) for name, pair in _differences(sync, planned, personal=personal)
        },
    }


def _differences(
    sync: Sync, planned: Planned, *, personal: bool
) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    known = {field.name: field for field in (*sync.fields, *sync.create_fields)}
    for name, (old, new) in planned.differences.items():
        field = known.get(name)
        yield name, (old, new) if personal else (shown(old, field), shown(new, field))


def show_plan(
    console: Console,
    plan: Plan,
    capabilities: Capabilities,
    sample: int,
    *,
    personal: bool = False,
) -> None:
    """Print what a sync would do, and some of its changes field by field."""
    console.print(f"\n[bold]{plan.sync.name}[/]  {plan.sync.model} → {_place(plan)}")
    console.print(_counts(plan))
    if not plan.to_send:
        console.print("Nothing to send.")
        return
    calls, seconds = plan.estimate(capabilities)
    console.print(
        f"Sending it takes {_number(calls, 'call')}, {seconds:,.1f} s at the destination's limit."
    )
    if sample:
        console.print(_sample(plan, list(plan.sample(sample)), personal=personal))


def _place(plan: Plan) -> str:
    meta = plan.sync.meta
    return f"{meta.destination} {meta.object}, account {plan.account}"


def _counts(plan: Plan) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(style="dim")
    again = f"of them again, after a failure: {plan.resent:,}" if plan.resent else ""
    table.add_row("  create", f"{plan.count('create', 'upsert'):,}")
    table.add_row("  update", f"{plan.count('update'):,}", again)
    table.add_row("  remove", f"{plan.count('remove'):,}", _reasons(plan.removed))
    table.add_row("  unchanged", f"{plan.unchanged:,}")
    table.add_row("  held back", f"{plan.held_back.total():,}", _reasons(plan.held_back))
    table.add_row("  skipped", f"{plan.skipped.total():,}", _reasons(plan.skipped))
    table.add_row("  blocked", f"{plan.blocked.total():,}", _reasons(plan.blocked))
    return table


def _reasons(held_back: Mapping[str, int]) -> str:
    ordered = sorted(held_back.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{reason}: {rows:,}" for reason, rows in ordered[:4]]
    rest = sum(rows for _, rows in ordered[4:])
    return "\n".join([*shown, *([f"other: {rest:,}"] if rest else [])])


def _sample(plan: Plan, changes: Sequence[Planned], *, personal: bool) -> Table:
    title = f"{len(changes):,} of {_number(plan.to_send, 'change')}"
    table = Table(title=title, title_justify="left", box=None)
    table.header_style = "dim"
    table.add_column("key", style="dim", no_wrap=True, max_width=14)
    table.add_column("", style="dim")
    table.add_column("field", no_wrap=True)
    table.add_column("old", max_width=24, overflow="fold")
    table.add_column("new", max_width=36, overflow="fold")
    for planned in changes:
        key = planned.change.key if personal else shown_key(planned.change.key)
        first: tuple[str, str] = (key, planned.change.operation)
        for name, (old, new) in _differences(plan.sync, planned, personal=personal):
            table.add_row(*first, name, _value(old), _value(new))
            first = ("", "")
        if first[0]:
            table.add_row(*first, "as before", "", "")
    return table


def _value(value: str | None) -> Text:
    return Text("–", style="dim") if value is None else Text(value)


def result_json(result: Result) -> Json:
    """Give a run as plain values."""
    plan = result.plan
    return {
        "sync": plan.sync.name,
        "account": plan.account,
        "run_id": result.run_id,
        "status": result.status,
        "rows": plan.rows_read,
        "planned": plan.to_send,
        "accepted": result.outcomes["accepted"],
        "rejected": result.outcomes["rejected"],
        "pending": result.outcomes["pending"],
        "unchanged": plan.unchanged,
        "held_back": plan.held_back.total(),
        "skipped": plan.skipped.total(),
        "blocked": plan.blocked.total(),
        "removed": plan.count("remove"),
        "resent": plan.resent,
        "errors": dict(result.errors),
        "error": str(result.error) if result.error else None,
    }


def failed_json(sync: Sync, error: DecileError) -> Json:
    """Give a run that was refused, or lost its warehouse, as plain values."""
    return {"sync": sync.name, "status": "failed", "error": str(error)}


def show_result(console: Console, result: Result) -> None:
    """Print what a run came to, and what happens to the rows that failed."""
    plan = result.plan
    console.print(f"\n[bold]{plan.sync.name}[/] → {_place(plan)}: ", end="")
    console.print(coloured(result.status))
    if not plan.to_send:
        console.print(
            f"  Nothing to send: {plan.unchanged:,} rows unchanged, {plan.held_back.total():,} "
            f"held back, {plan.skipped.total():,} skipped, {plan.blocked.total():,} blocked."
        )
        return
    outcomes = result.outcomes
    console.print(
        f"  {outcomes['accepted']:,} accepted, {outcomes['rejected']:,} rejected, "
        f"{outcomes['pending']:,} pending, of {plan.to_send:,} planned."
    )
    for code, rows in result.errors.most_common():
        console.print(f"  {rows:,} × {code}", style="yellow", markup=False)
    if unsent := plan.to_send - result.sent:
        console.print(f"  {unsent:,} were not tried.", style="yellow")
    if result.errors or unsent:
        console.print("  The next run sends these rows. See why with: decile rejections")
    if result.error:
        console.print(f"  {result.error}", style="red", markup=False)


def show_setup(console: Console, title: str, steps: Sequence[SetupStep]) -> None:
    """Print what a destination has and what it was given."""
    table = Table(title=title, title_justify="left", box=None, header_style="dim", pad_edge=False)
    for heading in ("property", "state", "detail"):
        table.add_column(heading)
    for step in steps:
        table.add_row(step.name, coloured(step.action), Text(step.detail))
    console.print(table)


def show_check(
    console: Console, title: str, findings: Sequence[Finding], steps: Sequence[SetupStep]
) -> None:
    """Print what a look at an account showed, and what its fields are."""
    table = Table(title=title, title_justify="left", box=None, header_style="dim", pad_edge=False)
    for heading in ("what", "state", "detail"):
        table.add_column(heading)
    for finding in findings:
        state = "ok" if finding.ok else "wrong"
        table.add_row(finding.name, coloured(state), Text(finding.detail))
    for step in steps:
        table.add_row(step.name, coloured(step.action), Text(step.detail))
    console.print(table)


@contextmanager
def progress(console: Console, sync: Sync, rows: int) -> Iterator[Advance]:
    """Show rows, rate and time left; nothing where the output is not a terminal."""
    if not console.is_terminal or not rows:
        yield lambda _rows: None
        return
    with Progress(
        TextColumn(sync.name),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(sync.name, total=rows)
        yield lambda sent: bar.advance(task, sent)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
