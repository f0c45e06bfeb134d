"""What a person sees of a person: scores, records, joints, refusals, merges, values, consents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.show_scores import as_text, plain_table, show_heading, show_scores

Json = dict[str, Any]

WHY_BEATEN = {
    "lower_priority": "its source comes later",
    "older": "its record is older",
    "later_key": "of equal age, by record id",
    "no_profile": "only events carry it",
    "derived": "taken from an address",
    "later_value": "only events carry both",
}
FEW = 5


def show_person(console: Console, person: Json) -> None:
    """Print everything about one contact."""
    _head(console, person["contact"])
    show_scores(console, person)
    _records(console, person["records"], person["joints"])
    _refused(console, person["refused"])
    _moves(console, person["merges"], person["splits"])
    _values(console, person["values"])
    _permissions(console, person["permissions"])
    _consents(console, person["consents"])
    _audiences(console, person["audiences"])


def show_two(console: Console, found: Json) -> None:
    """Print the way between two records, or what keeps two contacts apart."""
    if "path" in found:
        _head(console, found["contact"])
        show_heading(console, "They are one person")
        if not found["path"]:
            console.print("Nothing joins them any more: the next dbt build parts them.")
        elif len(found["path"]) == 1:
            console.print(Text(f"Both are on the record {found['path'][0]['record_key']}."))
        else:
            console.print(_steps(found["path"]))
        return
    for contact in found["contacts"]:
        _head(console, contact)
    show_heading(console, "They are two persons")
    for decision in found["decisions"]:
        facts = "  ".join(f"{name}: {as_text(value)}" for name, value in decision.items())
        console.print(Text(f"Somebody decided: {facts}"))
    if not found["shared"] and not found["decisions"]:
        console.print("They share no identifier.")
    for shared in found["shared"]:
        reasons = ", ".join(map(_words, shared["reasons"]))
        console.print(
            Text(
                f"Both have the {_identifier(shared)}, "
                + (
                    f"which may not join them ({reasons})."
                    if reasons
                    else "which may join them: dbt build makes them one."
                )
            )
        )


def _head(console: Console, contact: Json) -> None:
    name = " ".join(filter(None, (contact["first_name"], contact["last_name"])))
    known = [name, contact["email"], contact["company_name"]]
    console.print()
    console.print(Text(f"Contact {contact['contact_id']}", style="bold"))
    console.print(Text("  " + ", ".join(filter(None, known))))
    console.print(
        Text(f"  known since {as_text(contact['first_known_at'])}, from {contact['sources']}")
    )


def _records(console: Console, records: Sequence[Json], joints: Sequence[Json]) -> None:
    """Show what is a record of its own; of the traces only those that lead to one."""
    by_key = {record["record_key"]: record for record in records}
    shown = _leading(joints, {key for key, row in by_key.items() if row["record_kind"] != "trace"})
    show_heading(console, "Why these records are one")
    table = plain_table("record", "first seen", "joined by", "to")
    for place, joint in enumerate(joints):
        if joint["record_key"] in shown:
            to = by_key.get(joint["joined_to"])
            first = "nothing since the last build" if place else "the oldest"
            table.add_row(
                _record(by_key[joint["record_key"]]),
                as_text(by_key[joint["record_key"]]["first_seen_at"]),
                Text(_identifier(joint) if to else first),
                _record(to) if to else "",
            )
    console.print(table)
    rest = Counter(row["source"] for key, row in by_key.items() if key not in shown)
    if rest:
        counts = ", ".join(f"{source} {count:,}" for source, count in sorted(rest.items()))
        console.print(Text(f"Traces of events and consents beside them: {counts}"))


def _leading(joints: Sequence[Json], wanted: set[str]) -> set[str]:
    """Give the records on the way to those wanted; a few of them all where none is wanted."""
    to = {joint["record_key"]: joint["joined_to"] for joint in joints}
    found: set[str] = set()
    for key in wanted or list(to)[:FEW]:
        step: str | None = key
        while step is not None and step not in found:
            found.add(step)
            step = to[step]
    return found


def _steps(joints: Sequence[Json]) -> Table:
    table = plain_table("record", "joined by", "to")
    for joint in joints:
        by = _identifier(joint) if joint["joined_to"] else ""
        table.add_row(Text(joint["record_key"]), Text(by), Text(joint["joined_to"] or ""))
    return table


def _refused(console: Console, refused: Sequence[Json]) -> None:
    if not refused:
        return
    show_heading(console, "What may not join it to others")
    table = plain_table("identifier", "reason", "records")
    for row in refused:
        records = row["records"][:FEW] + (["..."] if len(row["records"]) > FEW else [])
        reason = f"{row['how']}: {_words(row['reason'])}"
        table.add_row(Text(_identifier(row)), Text(reason), Text("\n".join(records)))
    console.print(table)


def _moves(console: Console, merges: Sequence[Json], splits: Sequence[Json]) -> None:
    if not merges and not splits:
        return
    show_heading(console, "Merges and splits")
    table = plain_table("when", "", "contact", "", "contact", "records")
    for row in merges:
        ids = (row["merged_contact_id"], "went into", row["contact_id"])
        table.add_row(as_text(row["merged_at"]), "merge", *ids, f"{row['records_moved']:,}")
    for row in splits:
        ids = (row["contact_id"], "was left for", row["new_contact_id"])
        table.add_row(as_text(row["split_at"]), "split", *ids, f"{row['records_moved']:,}")
    console.print(table)


def _values(console: Console, values: Sequence[Json]) -> None:
    show_heading(console, "Where each value came from")
    table = plain_table("attribute", "value", "from", "changed", "instead of")
    for row in values:
        origin = "" if row["origin"] == "profile" else f" ({_words(row['origin'])})"
        # The key of a trace holds all of its identifiers; its source is enough.
        place = row["source"] if row["origin"] != "profile" else row["record_key"]
        table.add_row(
            row["attribute"],
            Text(row["value"]),
            Text(place + origin),
            as_text(row["record_updated_at"]),
            _beaten(row),
        )
    console.print(table)


def _beaten(row: Json) -> Text:
    if row["beaten_value"] is None:
        return Text("")
    why = WHY_BEATEN.get(row["beaten_because"], row["beaten_because"])
    more = f", and {row['other_values'] - 1} more" if row["other_values"] > 1 else ""
    return Text(f"{row['beaten_value']} ({row['beaten_source']}: {why}{more})")


def _permissions(console: Console, permissions: Sequence[Json]) -> None:
    show_heading(console, "What may be sent")
    table = plain_table("purpose", "allowed", "why", "since", "source")
    for row in permissions:
        said = (row["reason"], as_text(row["since"]), row["source"] or "")
        table.add_row(row["purpose"], "yes" if row["is_allowed"] else "no", *said)
    console.print(table)


def _audiences(console: Console, audiences: Sequence[Json]) -> None:
    show_heading(console, "Audiences")
    if not audiences:
        console.print("It was never in one.")
        return
    table = plain_table("audience", "arm", "entered", "left", "why")
    for row in audiences:
        arm = "held out" if row["is_holdout"] else row["arm"] or ""
        when = (as_text(row["entered_at"]), as_text(row["left_at"]))
        table.add_row(row["audience"], arm, *when, Text(row["reason"]))
    console.print(table)


def _consents(console: Console, consents: Sequence[Json]) -> None:
    show_heading(console, "Consents")
    if not consents:
        console.print("None was given or refused.")
        return
    table = plain_table("purpose", "stands", "source", "said", "when")
    for row in consents:
        said = (row["source"], row["status"], as_text(row["changed_at"]))
        table.add_row(row["purpose"], row["stands"], *said)
    console.print(table)


def _record(record: Json) -> Text:
    if record["record_kind"] == "trace":
        return Text(f"an event of {record['source']}")
    if record["record_kind"] == "link":
        return Text(f"the link of {record['source']} from {record['source_record_id']}")
    return Text(record["record_key"])


def _identifier(row: Json) -> str:
    return f"{_words(row['identifier_type'])} {row['identifier_value']}"


def _words(name: str) -> str:
    return name.replace("_", " ")
