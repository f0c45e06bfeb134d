"""What a person sees of a simulation: what changed, who moves, what would be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.simulate import nothing_moves

Json = dict[str, Any]

MOST = 10
MOVES = {
    "fall by 3 or more": range(-MOST, -2),
    "fall by 1 or 2": range(-2, 0),
    "stay": range(1),
    "rise by 1 or 2": range(1, 3),
    "rise by 3 or more": range(3, MOST),
}


def show_simulation(console: Console, found: Json) -> None:
    """Print every section; of the scores nothing where nothing moves."""
    console.print(Text(f"The rules of {found['rules']}, as of {found['as_of']}", style="bold"))
    _changed_rules(console, found["changed_rules"])
    if nothing_moves(found):
        contacts = max((row["contacts"] for row in found["dates"]), default=0)
        dates = len({row["as_of"] for row in found["dates"]})
        console.print(
            f"Nothing moves: {contacts:,} contacts have the points, scores, deciles, bands and "
            f"grades that they have, on all of {dates} dates."
        )
    else:
        for scenario in dict.fromkeys(row["scenario"] for row in found["dates"]):
            _scenario(console, scenario, _of(found, scenario))
    _syncs(console, found["syncs"])


def _of(found: Json, scenario: str) -> Json:
    parts = ("dates", "bands", "deciles", "qualifications", "movers")
    return {name: [row for row in found[name] if row["scenario"] == scenario] for name in parts}


def _changed_rules(console: Console, changes: Sequence[Json]) -> None:
    for row in changes:
        if row["how"] == "changed":
            cells = ", ".join(
                f"{name} {_cell(old)} → {_cell(new)}" for name, (old, new) in row["cells"].items()
            )
            console.print(Text(f"  {row['seed']}, {row['row']}: {cells}"))
    for how in ("added", "removed"):
        found = [row for row in changes if row["how"] == how]
        for seed in dict.fromkeys(row["seed"] for row in found):
            names = ", ".join(row["row"] for row in found if row["seed"] == seed)
            console.print(Text(f"  {seed}, {how}: {names}"))
    if not changes:
        console.print("  No row differs from the live rules.")


def _scenario(console: Console, scenario: str, part: Json) -> None:
    _heading(console, f"Scenario {scenario}: how many contacts move, by date")
    _dates(console, part["dates"])
    console.print()
    _bands(console, part["bands"])
    console.print()
    _deciles(console, part["deciles"])
    _ready(console, part["qualifications"])
    _movers(console, part["movers"])


def _dates(console: Console, rows: Sequence[Json]) -> None:
    table = _table("scored on")
    for name in ("contacts", "points", "scores", "deciles", "bands"):
        table.add_column(name, justify="right")
    table.add_column("AUC")
    table.add_column("top lift")
    for row in rows:
        counts = ("contacts", "points_moved", "scores_moved", "deciles_moved", "bands_moved")
        table.add_row(
            f"{row['as_of']:%Y-%m-%d}",
            *(f"{row[name]:,}" for name in counts),
            _pair(row["auc_before"], row["auc_after"], "{:.2f}"),
            _pair(row["top_lift_before"], row["top_lift_after"], "{:.1f}×"),
        )
    console.print(table)


def _bands(console: Console, rows: Sequence[Json]) -> None:
    """Show the bands before as rows and after as columns."""
    counts = {(row["before"], row["after"]): row["contacts"] for row in rows}
    least: dict[str, float] = {}
    for row in rows:
        for side in ("before", "after"):
            band, points = row[side] or "–", float(row[f"least_{side}"] or 0)
            least[band] = min(least.get(band, points), points)
    steps = sorted(least, key=lambda band: (least[band], band))
    table = _table("band now")
    for step in steps:
        table.add_column(f"→ {step}", justify="right")
    for before in steps:
        found = [counts.get((_name(before), _name(after)), 0) for after in steps]
        cells = [
            Text(f"{count:,}" if count else "·", style="dim" if before == after else "")
            for after, count in zip(steps, found, strict=True)
        ]
        table.add_row(before, *cells)
    console.print(table)


def _name(step: str) -> str | None:
    return None if step == "–" else step


def _deciles(console: Console, rows: Sequence[Json]) -> None:
    moves: Counter[str] = Counter()
    for row in rows:
        if row["before"] is None or row["after"] is None:
            if row["before"] != row["after"]:
                moves["leave the ranks" if row["after"] is None else "enter the ranks"] += row[
                    "contacts"
                ]
            continue
        by = row["after"] - row["before"]
        moves[next(name for name, steps in MOVES.items() if by in steps)] += row["contacts"]
    told = [name for name in (*MOVES, "enter the ranks", "leave the ranks") if moves[name]]
    console.print("Deciles: " + ", ".join(f"{moves[name]:,} {name}" for name in told) + ".")


def _ready(console: Console, rows: Sequence[Json]) -> None:
    def count(*, before: bool | None = None, after: bool | None = None) -> int:
        return sum(
            row["contacts"]
            for row in rows
            if before in (None, row["before"] == "sql") and after in (None, row["after"] == "sql")
        )

    console.print(
        f"Ready for sales: {count(before=True):,} now, {count(after=True):,} then; "
        f"{count(before=False, after=True):,} gained, {count(before=True, after=False):,} lost."
    )


def _movers(console: Console, rows: Sequence[Json]) -> None:
    if not rows:
        return
    console.print()
    known_as = ["e-mail"] if "email" in rows[0] else []
    table = _table("moves most", *known_as, "points", "score", "decile", "band", "by")
    for row in rows:
        table.add_row(
            row["contact_id"][:8],
            *(Text(row["email"] or "–") for _ in known_as),
            _pair(row["points_before"], row["points_after"], "{:.1f}"),
            *(
                _pair(row[f"{name}_before"], row[f"{name}_after"], "{}")
                for name in ("score", "decile", "band")
            ),
            Text("\n".join(f"{by['rule']} {by['points']:+.1f}" for by in row["rules"][:2])),
        )
    console.print(table)


def _syncs(console: Console, rows: Sequence[Json]) -> None:
    if not rows:
        return
    _heading(console, "What each sync would send next")
    table = _table("sync", "account")
    for name in ("rows", "now", "then", "held back then"):
        table.add_column(name, justify="right")
    for row in rows:
        counts = ("rows", "send_before", "send_after", "held_back_after")
        table.add_row(row["sync"], row["account"], *(f"{row[name]:,}" for name in counts))
    console.print(table)


def _pair(before: object, after: object, form: str) -> str:
    """Give a value once where it stays, else as before → after."""
    told = ["–" if value is None else form.format(value) for value in (before, after)]
    return told[0] if told[0] == told[1] else " → ".join(told)


def _cell(value: object) -> str:
    return "empty" if value is None else str(value)


def _heading(console: Console, text: str) -> None:
    console.print()
    console.rule(f"[bold]{text}", align="left", style="dim")


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading)
    return table
