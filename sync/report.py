"""The end of `make run`: from raw records to what was sent, on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.session import Session
from sync.show import coloured
from sync.status import read_status
from sync.warehouse import Record

HOTTEST = 10
BAR = 24
FEW = 30
BEST_RULES = 3


def show_report(console: Console, session: Session, *, show_emails: bool) -> None:
    """Print every section."""
    _sources(console, session)
    _excluded(console, session)
    _deciles(console, session)
    _hottest(console, session, show_emails=show_emails)
    _irrelevant(console, session)
    _sent(console, session)
    _next_steps(console, session)


def _sources(console: Console, session: Session) -> None:
    rows = _read(
        session,
        f"""
        select source, shape, records_in, contacts, visitors, deleted, quarantined
        from {session.table("source_reconciliation")}
        order by
            case shape when 'profiles' then 1 when 'events' then 2 when 'links' then 3 else 4 end,
            source
        """,  # noqa: S608  (names of our own tables)
    )
    (people,) = _read(session, f"select count(*) as people from {session.table('contacts')}")  # noqa: S608  (names of our own tables)
    counts = ("records_in", "contacts", "visitors", "deleted", "quarantined")
    table = _table("records", "source", **dict.fromkeys(counts, "right"))
    for row in rows:
        table.add_row(row["shape"], row["source"], *(_count(row[name]) for name in counts))
    table.add_section()
    totals = [sum(row[name] for row in rows) for name in counts]
    table.add_row("all", "", *(_count(total) for total in totals), style="bold")
    profiles = sum(row["records_in"] for row in rows if row["shape"] == "profiles")
    _heading(console, f"{profiles:,} records of people became {people['people']:,} contacts")
    console.print(table)


def _excluded(console: Console, session: Session) -> None:
    rows = _read(
        session,
        f"""
        select exclusion_reason, source, event_name, events, contacts
        from {session.table("excluded_events")}
        order by exclusion_reason, source, event_name
        """,  # noqa: S608  (names of our own tables)
    )
    total = sum(row["events"] for row in rows)
    _heading(console, f"{total:,} events of contacts were machines' and do not count")
    if not rows:
        return
    table = _table("reason", "source", "event", events="right", contacts="right")
    for row in rows:
        table.add_row(
            row["exclusion_reason"].replace("_", " "),
            row["source"],
            row["event_name"],
            _count(row["events"]),
            _count(row["contacts"]),
        )
    console.print(table)


def _deciles(console: Console, session: Session) -> None:
    lift = session.table("decile_lift")
    rows = _read(
        session,
        f"""
        select as_of, decile, contacts, converters, conversion_rate, lift
        from {lift}
        where scenario = 'default'
            and as_of = (
                select max(as_of) from {lift} where scenario = 'default' and is_complete
            )
        order by case when decile is null then 1 else 0 end, decile desc
        """,  # noqa: S608  (names of our own tables)
    )
    if not rows:
        _heading(console, "Deciles")
        console.print("No scoring date lies far enough back to know who bought afterwards.")
        return
    _heading(console, f"Who bought in the 60 days after {rows[0]['as_of']:%d %B %Y}, by decile")
    table = _table("decile", contacts="right", buyers="right", share="right", lift="right")
    table.add_column("")
    # A decile of a few contacts says little: it does not set the scale.
    rates = [float(row["conversion_rate"] or 0) for row in rows if row["contacts"] >= FEW]
    best = max(rates, default=0.0) or 1.0
    for row in rows:
        rate = float(row["conversion_rate"] or 0)
        table.add_row(
            str(row["decile"] or "none"),
            _count(row["contacts"]),
            _count(row["converters"]),
            f"{rate:.1%}",
            "–" if row["lift"] is None else f"{float(row['lift']):.1f}×",
            Text("█" * min(BAR, round(BAR * rate / best)), style="cyan"),
        )
    console.print(table)
    _quality(console, session)
    _rules(console, session)


def _quality(console: Console, session: Session) -> None:
    rows = _read(
        session,
        f"""
        select auc, top_lift, top_lift_ceiling
        from {session.table("score_quality")}
        where scenario = 'default'
        order by as_of desc
        limit 1
        """,  # noqa: S608  (names of our own tables)
    )
    for row in rows:
        if row["auc"] is not None:
            console.print(
                f"AUC {float(row['auc']):.2f}, where 0.5 is chance; the best tenth lifts "
                f"{float(row['top_lift']):.1f}× of at most {float(row['top_lift_ceiling']):.1f}×."
            )


def _rules(console: Console, session: Session) -> None:
    """Name the rules whose contacts bought most, and count those that hit nobody."""
    performance = session.table("rule_performance")
    rows = _read(
        session,
        f"""
        select rule, contacts_hit, points, lift
        from {performance}
        where scenario = 'default'
            and as_of = (
                select max(as_of) from {performance} where scenario = 'default' and is_complete
            )
        order by lift desc, rule
        """,  # noqa: S608  (names of our own tables)
    )
    best = [row for row in rows if row["lift"] and row["contacts_hit"] >= FEW and row["points"] > 0]
    if best:
        told = ", ".join(f"{row['rule']} {float(row['lift']):.1f}×" for row in best[:BEST_RULES])
        console.print(Text(f"Who is hit by these rules buys most often: {told}."))
    if idle := sum(row["contacts_hit"] == 0 for row in rows):
        console.print(f"{idle} of {len(rows)} rules hit nobody; why says: decile check rules")


def _hottest(console: Console, session: Session, *, show_emails: bool) -> None:
    rows = _read(
        session,
        f"""
        select
            contacts.contact_id, contacts.company_name, contacts.email, scores.lead_score,
            scores.band, scores.grade, scores.top_reasons
        from {session.table("lead_scores")} as scores
        inner join {session.table("contacts")} as contacts
            on scores.contact_id = contacts.contact_id
        where scores.scenario = 'default' and not scores.is_disqualified
        order by
            scores.lead_score desc,
            coalesce(scores.fit_points, 0) + coalesce(scores.engagement_points, 0) desc,
            scores.contact_id
        limit {HOTTEST}
        """,  # noqa: S608  (names of our own tables)
    )
    _heading(console, f"The {len(rows)} hottest leads")
    table = _table("contact", "company", *(["e-mail"] if show_emails else []), score="right")
    for heading in ("band", "grade", "why"):
        table.add_column(heading)
    for row in rows:
        table.add_row(
            row["contact_id"][:8],
            Text(row["company_name"] or "–"),
            *([Text(row["email"] or "–")] if show_emails else []),
            str(row["lead_score"]),
            row["band"],
            row["grade"],
            Text((row["top_reasons"] or "–").replace("; ", "\n"), style="dim"),
        )
    console.print(table)


def _irrelevant(console: Console, session: Session) -> None:
    rows = _read(
        session,
        f"""
        select disqualified_reason, count(*) as contacts
        from {session.table("lead_scores")}
        where scenario = 'default' and is_disqualified
        group by disqualified_reason
        order by contacts desc, disqualified_reason
        """,  # noqa: S608  (names of our own tables)
    )
    total = sum(row["contacts"] for row in rows)
    _heading(console, f"{total:,} contacts are irrelevant, whatever their points")
    if not rows:
        return
    table = _table("reason", contacts="right")
    for row in rows:
        table.add_row(row["disqualified_reason"], _count(row["contacts"]))
    console.print(table)


def _sent(console: Console, session: Session) -> None:
    _heading(console, "What was sent")
    rows = read_status(session)
    for row in rows:
        line = Text(f"{row['sync']} to account {row['account']}: ")
        line.append_text(coloured(row["status"]))
        console.print(line)
        console.print(f"  {_outcome(row)}")
    if not rows:
        console.print("Nothing yet. See what would be with: decile plan")


def _outcome(row: Mapping[str, Any]) -> str:
    kept = (
        f"{row['unchanged']:,} unchanged, {row['held_back']:,} held back, "
        f"{row['skipped']:,} not known there"
    )
    if not row["planned"]:
        return f"Nothing had changed, so nothing was sent: {kept}."
    return (
        f"{row['accepted']:,} accepted, {row['rejected']:,} rejected, "
        f"{row['pending']:,} pending; {kept}."
    )


def _next_steps(console: Console, session: Session) -> None:
    _heading(console, "Where to look next")
    steps = Table.grid(padding=(0, 2))
    steps.add_row("  change a rule", "a row of seeds/scoring/event_rules.csv, then make run")
    steps.add_row("  look at a score", "tables lead_scores, score_reasons and score_points")
    steps.add_row("  what did not fit", "table quarantine, with a reason for each record")
    for sync in session.syncs[:1]:
        steps.add_row("  what goes out next", f"decile plan {sync.name}")
    steps.add_row("  what failed", "decile rejections")
    steps.add_row("  your own data", "README.md, docs/sync.md")
    console.print(steps)


def _heading(console: Console, text: str) -> None:
    console.print()
    console.rule(f"[bold]{text}", align="left", style="dim")


def _table(*left: str, **others: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in left:
        table.add_column(heading)
    for heading, side in others.items():
        table.add_column(heading.replace("_", " "), justify=side)  # type: ignore[arg-type]  # a word that Rich names in a type of its own
    return table


def _count(value: object) -> str:
    return f"{int(str(value)):,}"


def _read(session: Session, sql: str) -> list[Record]:
    return list(session.warehouse.rows(sql))
