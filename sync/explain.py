"""All about one contact: its scores, why its records are one person, or two, and where each
value came from; read, never written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sync.explain_scores import explain_scores
from sync.find_person import find_person
from sync.joints import Holding, Identifier, Joint, path, spanning_tree
from sync.session import Session
from sync.warehouse import Record

Json = dict[str, Any]


def explain_one(session: Session, who: str) -> Json:
    """Give a contact as plain values. Raises ConfigError where `who` is not exactly one."""
    contact_id = find_person(session, who).contact_id
    records = _records(session, contact_id)
    held = _held(session, contact_id)
    tree = spanning_tree([record["record_key"] for record in records], _joining(held))
    return {
        "contact": _head(session, contact_id),
        **explain_scores(partial(_rows, session), contact_id),
        "records": records,
        "joints": [_joint(joint) for joint in tree],
        "refused": _refused(held),
        "merges": _rows(session, _MERGES, contact_id),
        "splits": _rows(session, _SPLITS, contact_id),
        "values": _rows(session, _VALUES, contact_id),
        "permissions": _rows(session, _PERMISSIONS, contact_id),
        "consents": _rows(session, _CONSENTS, contact_id),
        "audiences": _rows(session, _AUDIENCES, contact_id),
    }


def explain_two(session: Session, who: str, other: str) -> Json:
    """Give the way from one to the other, or what keeps two contacts apart."""
    one, two = find_person(session, who), find_person(session, other)
    held = _held(session, one.contact_id)
    if one.contact_id == two.contact_id:
        way = path(one.records, two.records, _joining(held))
        return {"contact": _head(session, one.contact_id), "path": [_joint(step) for step in way]}
    others = _held(session, two.contact_id)
    return {
        "contacts": [_head(session, found.contact_id) for found in (one, two)],
        "shared": _shared(held, others),
        "decisions": _decisions(session, _keys(held), _keys(others)),
    }


def _joint(joint: Joint) -> Json:
    return {
        "record_key": joint.record,
        "identifier_type": joint.by.kind if joint.by else None,
        "identifier_value": joint.by.value if joint.by else None,
        "joined_to": joint.to,
    }


def _head(session: Session, contact_id: str) -> Json:
    (head,) = _rows(session, _HEAD, contact_id)
    return head


def _records(session: Session, contact_id: str) -> list[Json]:
    return _rows(session, _RECORDS, contact_id)


def _held(session: Session, contact_id: str) -> list[Json]:
    """Give each identifier of each record, with the reason where it may not join others."""
    return _rows(session, _HELD, contact_id)


def _joining(held: Sequence[Json]) -> Iterator[Holding]:
    for row in held:
        # What was cut from other people may still join the records of this one.
        if row["blocked"] is None:
            yield Holding(row["record_key"], _identifier(row), bool(row["cut"]))


def _identifier(row: Json) -> Identifier:
    return Identifier(row["identifier_type"], row["identifier_value"])


def _keys(held: Sequence[Json]) -> set[str]:
    return {row["record_key"] for row in held}


def _refused(held: Sequence[Json]) -> list[Json]:
    found: dict[tuple[Identifier, str, str], list[str]] = {}
    for row in held:
        for how in ("blocked", "cut"):
            if row[how]:
                found.setdefault((_identifier(row), how, row[how]), []).append(row["record_key"])
    return [
        {
            "identifier_type": identifier.kind,
            "identifier_value": identifier.value,
            "how": how,
            "reason": reason,
            "records": records,
        }
        for (identifier, how, reason), records in found.items()
    ]


def _shared(held: Sequence[Json], others: Sequence[Json]) -> list[Json]:
    """Give what both contacts have, with the reasons why it does not join them."""
    both = {_identifier(row) for row in held} & {_identifier(row) for row in others}
    reasons: dict[Identifier, set[str]] = {identifier: set() for identifier in both}
    for row in (*held, *others):
        if _identifier(row) in both:
            reasons[_identifier(row)].update(
                f"{how}: {row[how]}" for how in ("blocked", "cut") if row[how]
            )
    return [
        {
            "identifier_type": identifier.kind,
            "identifier_value": identifier.value,
            "reasons": sorted(reasons[identifier]),
        }
        for identifier in sorted(both, key=lambda shared: (shared.kind, shared.value))
    ]


def _decisions(session: Session, keys: set[str], others: set[str]) -> list[Json]:
    """Give what a person decided about a record of each."""
    rows = _rows(session, "select * from {match_decisions}")
    return [row for row in rows if keys & _texts(row) and others & _texts(row)]


def _texts(row: Json) -> set[str]:
    return {value for value in row.values() if isinstance(value, str)}


def _rows(session: Session, sql: str, *values: object) -> list[Record]:
    """Read rows of a query that names its tables in braces; a single value is every `?`."""
    named = sql.format_map(_Tables(session))
    parameters = values * named.count("?") if len(values) == 1 else values
    return list(session.warehouse.rows(named, parameters))


class _Tables(dict[str, str]):
    """The tables of a project by their names."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __missing__(self, name: str) -> str:
        return self._session.table(name)


_HEAD = """
    select contact_id, first_name, last_name, email, company_name, sources, first_known_at
    from {contacts}
    where contact_id = ?
"""

_RECORDS = """
    select
        records.record_key, records.record_kind, records.source, records.source_record_id,
        records.first_seen_at
    from {identity_contacts} as contacts
    inner join {identity_records} as records on contacts.record_key = records.record_key
    where contacts.contact_id = ?
    order by records.first_seen_at, records.record_key
"""

_HELD = """
    select distinct
        records.record_key, identifiers.identifier_type, identifiers.identifier_value,
        blocked.reason as blocked, cuts.reason as cut
    from {identity_contacts} as contacts
    inner join {identity_records} as records on contacts.record_key = records.record_key
    inner join {identity_identifiers} as identifiers
        on records.record_number = identifiers.record_number
    left join {blocked_identifiers} as blocked
        on identifiers.identifier_type = blocked.identifier_type
        and identifiers.identifier_value = blocked.identifier_value
    left join {cut_links} as cuts
        on records.record_key = cuts.record_key
        and identifiers.identifier_type = cuts.identifier_type
        and identifiers.identifier_value = cuts.identifier_value
    where contacts.contact_id = ?
    order by 2, 3, 1
"""

_MERGES = """
    select merged_contact_id, contact_id, current_contact_id, merged_at, records_moved
    from {contact_merges}
    where merged_contact_id = ? or contact_id = ? or current_contact_id = ?
    order by merged_at, merged_contact_id
"""

_SPLITS = """
    select contact_id, new_contact_id, split_at, records_moved
    from {contact_splits}
    where contact_id = ? or new_contact_id = ?
    order by split_at, contact_id, new_contact_id
"""

_VALUES = """
    select
        attribute, value, origin, source, record_key, record_updated_at, priority, beaten_value,
        beaten_source, beaten_record_key, beaten_because, other_values
    from {contact_attribute_sources}
    where contact_id = ?
    order by attribute
"""

# The word that stands, and what each source said last.
_CONSENTS = """
    select
        words.purpose, stands.status as stands, words.source, words.status, words.changed_at
    from {contact_consent_words} as words
    inner join {contact_consents} as stands
        on words.contact_id = stands.contact_id and words.purpose = stands.purpose
    where words.contact_id = ?
    order by words.purpose, words.changed_at desc, words.source
"""

_PERMISSIONS = """
    select purpose, is_allowed, reason, since, source
    from {contact_permissions}
    where contact_id = ?
    order by purpose
"""

# What it is in now comes first, then the latest exits.
_AUDIENCES = """
    select audience, entry_number, reason, arm, is_holdout, entered_at, left_at
    from {audience_members}
    where contact_id = ?
    order by case when left_at is null then 0 else 1 end, left_at desc, audience, entry_number
"""
