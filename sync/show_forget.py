"""What a person sees of a forgetting: what it would do, and the proof that it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from sync.forget import Case, Proof


def show_case(console: Console, case: Case) -> None:
    """Say who it is, without a name, and what would be done."""
    if case.nothing_left:
        console.print("Nothing is left of them: they were forgotten before.")
        return
    person = case.person
    if person.record_keys:
        ids = ", ".join(person.contact_ids) or "a visitor"
        console.print(
            f"{'Contact ' if person.contact_ids else ''}{ids}, {len(person.record_keys):,} records "
            f"of {', '.join(person.sources)}",
            soft_wrap=True,
        )
    else:
        console.print("No contact and no record is known by that; it is kept out from now on.")
    if person.shared:
        console.print(
            f"{person.shared} of their identifiers are others' too, or nobody's own; they stay."
        )
    if case.hashes.since:
        console.print(f"A forgetting of {case.hashes.since:%Y-%m-%d %H:%M} UTC is gone on with.")
    for sent in case.sent:
        told = {
            "to erase": len(sent.standing("there")),
            "asked for, not yet confirmed": len(sent.standing("asked")),
            "confirmed as erased": len(sent.standing("gone")),
        }
        counts = ", ".join(f"{count} rows {what}" for what, count in told.items() if count)
        console.print(f"{sent.sync_name}, account {sent.account}: {counts}", soft_wrap=True)
    rows = {label: count for label, count in case.rows.items() if count}
    console.print(f"{sum(rows.values()):,} rows of {len(rows)} tables to delete")


def show_proof(console: Console, proof: Proof) -> None:
    """Print what was deleted and erased, and what was not."""
    hashes = proof.case.hashes
    console.print(
        f"{len(hashes.all)} keyed hashes in suppressed_identities keep them out of every build."
    )
    _show_answers(console, proof)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("table")
    table.add_column("rows deleted", justify="right")
    table.add_column("left", justify="right")
    for label, (deleted, left) in _touched(proof).items():
        table.add_row(label, f"{deleted:,}", f"{left:,}")
    console.print()
    console.print(table)
    others = len(proof.deleted) - len(_touched(proof))
    console.print(f"{others} other tables had nothing of them.", style="dim")
    console.print("\nNot reached:")
    for line in proof.unreached:
        console.print(f"- {line}", soft_wrap=True, markup=False)
    if proof.exit_code:
        console.print("\nIt is not complete: see above, then run it again.", style="yellow")


def _show_answers(console: Console, proof: Proof) -> None:
    if not proof.answers:
        console.print("No destination was ever sent anything of them.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("sync", "destination", "account"):
        table.add_column(heading)
    for heading in ("sent", "erased", "cleared", "asked"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for answer in proof.answers:
        still = f" (still there: {', '.join(answer.ids)})" if answer.ids else ""
        table.add_row(
            answer.sync_name,
            answer.destination,
            answer.account,
            str(answer.rows),
            str(answer.erased),
            str(answer.cleared),
            str(answer.asked),
            (answer.why or "") + still,
        )
    console.print()
    console.print(table)


def _touched(proof: Proof) -> Mapping[str, tuple[int, int]]:
    return {
        label: (deleted, proof.left[label])
        for label, deleted in proof.deleted.items()
        if deleted or proof.left[label]
    }


def case_json(case: Case) -> dict[str, Any]:
    """Give what would be done as plain values; nothing in it names the person."""
    return {
        "contact_ids": case.person.contact_ids,
        "records": len(case.person.record_keys),
        "sources": case.person.sources,
        "identifiers_of_others_too": case.person.shared,
        "forgotten_before": case.hashes.since,
        "sent": [
            {
                "sync": one.sync_name,
                "account": one.account,
                "rows": len(one.rows),
                "asked": len(one.standing("asked")),
            }
            for one in case.sent
        ],
        "tables": {label: rows for label, rows in case.rows.items() if rows},
        "nothing_left": case.nothing_left,
    }


def proof_json(proof: Proof) -> dict[str, Any]:
    """Give the proof as plain values; nothing in it names the person."""
    return {
        "hashes": len(proof.case.hashes.all),
        "destinations": [asdict(answer) for answer in proof.answers],
        "tables": {
            label: {"deleted": deleted, "left": left}
            for label, (deleted, left) in _touched(proof).items()
        },
        "not_reached": proof.unreached,
        "complete": not proof.exit_code,
    }
