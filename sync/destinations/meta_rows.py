"""A person as Meta is told of them: the columns, what is hashed, and how rows are laid out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from sync.changes import Change
from sync.errors import ConfigError
from sync.hashing import EMPTY_DIGEST, ad_hash, tidied

ID = "EXTERN_ID"
# The kind by which a column is hashed; None: it goes as it is.
COLUMNS: Mapping[str, str | None] = {
    ID: None,
    "EMAIL": "email",
    "PHONE": "phone",
    "FN": "name",
    "LN": "name",
    "GEN": "gender",
    "DOBY": "number",
    "DOBM": "number",
    "DOBD": "number",
    "CT": "place",
    "ST": "place",
    "ZIP": "postal_code",
    "COUNTRY": "country",
    "MADID": None,
}
# By each of these a person is found without anything else.
ALONE = frozenset({"EMAIL", "PHONE", "MADID"})
PHONE = re.compile(r"\s*[+][\s().\-/]*[0-9][0-9\s().\-/]*")
Row = Mapping[str, str]


def hashed(change: Change, fields: Mapping[str, str | None] | None = None) -> Row:
    """Give what is known of a person, as Meta wants it; without what is empty."""
    fields = change.fields if fields is None else fields
    unknown = sorted(fields.keys() - COLUMNS.keys())
    if unknown:
        raise ConfigError(
            f"Meta audiences have no field {', '.join(unknown)}; they have {', '.join(COLUMNS)}."
        )
    found = {name: _cell(name, value) for name, value in fields.items()}
    row = {name: value for name, value in found.items() if value}
    has_id = change.unique_key and not _is_personal(change.unique_key)
    return {ID: change.unique_key, **row} if has_id else row


def found_by(change: Change) -> list[Row]:
    """Give what a person to be taken out can be found by: what was sent, and our id."""
    known = [
        {
            name: value
            for name, value in sent.items()
            # What went out plain by mistake does not go again.
            if name in COLUMNS and (COLUMNS[name] or not _is_personal(value))
        }
        for sent in change.sent
    ]
    rows = [hashed(change, one) for one in known if one] or [hashed(change, {})]
    return [row for row in rows if row]


def never_sent(change: Change) -> bool:
    """Tell whether nothing of a row went out: its key is refused, and nothing else is known."""
    return _is_personal(change.unique_key) and not any(change.sent)


def refuse_plain(unique_key: str, fields: Mapping[str, str | None]) -> None:
    """Raise where an address or a phone number would go to Meta as it is. Names no value."""
    plain = {name: value for name, value in fields.items() if name in COLUMNS and not COLUMNS[name]}
    for name, value in {"unique_key": unique_key, **plain}.items():
        if _is_personal(value):
            raise ConfigError(
                f"Meta audiences: {name} holds an e-mail address or a phone number, and goes to"
                " Meta as it is. Take an id of your own, such as contact_id."
            )


def table(rows: Sequence[Row]) -> dict[str, object]:
    """Lay rows out by the columns that any of them has; an empty text where one has none."""
    columns = [name for name in COLUMNS if any(name in row for row in rows)]
    data = [[row.get(name, "") for name in columns] for row in rows]
    if any(EMPTY_DIGEST in cells for cells in data):
        raise ConfigError("Meta audiences: the hash of an empty text is never sent.")
    return {"schema": columns, "data": data}


def _is_personal(value: str | None) -> bool:
    text = unicodedata.normalize("NFKC", value or "")
    return "@" in text or bool(PHONE.fullmatch(text))


def _cell(name: str, value: str | None) -> str | None:
    kind = COLUMNS[name]
    if kind:
        return ad_hash("meta", kind, value)
    plain = tidied(value or "") if name == "MADID" else value
    return None if plain == EMPTY_DIGEST else plain
