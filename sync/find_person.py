"""Whom somebody means by an e-mail, a phone number, a contact id or the key of a record."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.errors import ConfigError
from sync.session import Session

LEAST_DIGITS = 6  # of a phone number whose country is not said
LEAST_OF_AN_ID = 8  # what the report shows of a contact id
SHOWN_IDS = 10


@dataclass(frozen=True)
class Found:
    """A contact, and those of its records that were meant."""

    contact_id: str
    records: tuple[str, ...]


def find_person(session: Session, who: str) -> Found:
    """Find one contact. Messages of the ConfigErrors raised never repeat what was asked for."""
    rows = rows_of(session, who.strip())
    ids = sorted({contact_id for contact_id, _ in rows if contact_id})
    if len(ids) == 1:
        return Found(ids[0], tuple(record for contact_id, record in rows if contact_id))
    if ids:
        named = ", ".join(ids[:SHOWN_IDS]) + (" and others" if len(ids) > SHOWN_IDS else "")
        raise ConfigError(
            f"{len(ids)} contacts have it: {named}. Explain one of them by its id, or two of "
            "them to see what keeps them apart."
        )
    if rows:
        raise ConfigError(
            "that is a visitor: no e-mail, phone or CRM record makes it a contact yet"
        )
    raise ConfigError(
        "no contact is known by that. Ask for an e-mail, a phone with its country (+44...), a "
        "contact id or a record (hubspot:1001). Records that cannot be used are in the table "
        "quarantine; those that their vendor deleted belong to no contact."
    )


def rows_of(session: Session, who: str) -> list[tuple[str | None, str]]:
    """Give the contacts, None for a visitor, and the records that somebody may mean."""
    return (
        _by_record(session, who)
        or _by_contact(session, who)
        or (_by_identifier(session, *_identifier(who)) if _is_address(who) else [])
    )


def _is_address(who: str) -> bool:
    """Tell an e-mail or a number from an id of nobody, whose digits may end somebody's number."""
    return "@" in who or not re.search("[A-Za-z]", who)


def _by_record(session: Session, key: str) -> list[tuple[str | None, str]]:
    return _contacts_where(session, "record_key = ?", key)


def _by_contact(session: Session, start: str) -> list[tuple[str | None, str]]:
    """Find an id by its first letters, or the contact that an old id went into."""
    if not re.fullmatch(rf"[0-9a-f]{{{LEAST_OF_AN_ID},32}}", start):
        return []
    survivors = (
        # A table's name is ours; what was asked for is a parameter.
        f"select current_contact_id from {session.table('contact_merges')} "  # noqa: S608  (names of our own tables)
        "where merged_contact_id like ?"
    )
    return _contacts_where(session, "contact_id like ?", f"{start}%") or _contacts_where(
        session, f"contact_id in ({survivors})", f"{start}%"
    )


def _contacts_where(session: Session, condition: str, value: str) -> list[tuple[str | None, str]]:
    found = session.warehouse.rows(
        # The table's name and the condition are ours; the value is a parameter.
        f"select contact_id, record_key from {session.table('identity_contacts')} "  # noqa: S608  (names of our own tables)
        f"where {condition} order by record_key",
        (value,),
    )
    return [(row["contact_id"], row["record_key"]) for row in found]


def _identifier(who: str) -> tuple[str, str, str]:
    """Give the type of an identifier, how to compare it and with what."""
    if "@" in who:
        return "email", "=", who.lower()
    digits = re.sub(r"\D", "", who)
    if who.startswith(("+", "00")) or len(digits.lstrip("0")) < LEAST_DIGITS:
        return "phone", "=", "+" + digits.removeprefix("00")
    # Without its country a number is known by how it ends.
    return "phone", "like", "%" + digits.lstrip("0")


def _by_identifier(
    session: Session, kind: str, comparison: str, value: str
) -> list[tuple[str | None, str]]:
    found = session.warehouse.rows(
        f"""
        select distinct contacts.contact_id, contacts.record_key
        from {session.table("identity_identifiers")} as identifiers
        inner join {session.table("identity_records")} as records
            on identifiers.record_number = records.record_number
        inner join {session.table("identity_contacts")} as contacts
            on records.record_key = contacts.record_key
        where identifiers.identifier_type = ? and identifiers.identifier_value {comparison} ?
        order by contacts.record_key
        """,  # noqa: S608  (names are ours, values are parameters)
        (kind, value),
    )
    return [(row["contact_id"], row["record_key"]) for row in found]
