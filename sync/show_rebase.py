"""What a person sees of a scale that is drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from sync.rebase import Moved, Scale


def show_intent(console: Console, scales: Sequence[Scale], as_of: datetime) -> None:
    """Say which scales end, and what stays."""
    for scale in scales:
        cause = f" ({scale.cause})" if scale.cause else ""
        console.print(
            f"Scenario {scale.scenario}: scale {scale.base_number}, drawn {scale.based_at:%d %B %Y}"
            f"{cause}, gives way to one of the contacts of {as_of:%d %B %Y}."
        )
    console.print("Points and deciles stay; score_scale and what reads it is built.", style="dim")


def show_moved(console: Console, results: Sequence[Moved]) -> None:
    """Print how many scores changed, and by how much."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("scenario")
    for heading in ("scale", "contacts", "changed", "up", "down", "mean change", "largest"):
        table.add_column(heading, justify="right")
    for result in results:
        numbers = moved_json(result)
        table.add_row(
            result.scenario,
            str(result.base_number),
            *(f"{numbers[name]:,}" for name in ("contacts", "changed", "up", "down")),
            f"{numbers['mean_change']:.1f}" if result.changed else "–",
            f"{numbers['largest_change']:+d}" if result.changed else "–",
        )
    console.print(table)


def moved_json(result: Moved) -> dict[str, Any]:
    """Give what changed as plain values; the mean is over contacts whose score changed."""
    total = sum(abs(by) * contacts for by, contacts in result.by.items())
    return {
        "scenario": result.scenario,
        "base_number": result.base_number,
        "contacts": result.contacts,
        "changed": result.changed,
        "up": sum(contacts for by, contacts in result.by.items() if by > 0),
        "down": sum(contacts for by, contacts in result.by.items() if by < 0),
        "mean_change": round(total / result.changed, 2) if result.changed else 0.0,
        "largest_change": max(result.by, key=abs, default=0),
    }
