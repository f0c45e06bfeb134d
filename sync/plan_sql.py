"""The SQL of a plan: every row of a sync model beside what the ledger knows of it.

Two tables are made, both for the session only. The first compares all rows by fingerprint; of a
row that is unchanged it keeps no more than the keys. The second decides about the rest, which is
where old payloads are read. Both run on every engine; what differs between engines comes from
the project's own macros, as `Dialect`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sync.changes import FieldType, Mode
from sync.render import digest

# What PostgreSQL passes to a function, less the separator, and some to spare.
ARGUMENTS = 90


class Dialect(Protocol):
    """What differs between engines."""

    text_type: str

    def json_text(self, expression: str, name: str) -> str:
        """Give the text of a member of a JSON object."""

    def iso_timestamp(self, expression: str) -> str:
        """Give a timestamp as ISO 8601 in UTC, to the millisecond."""


@dataclass(frozen=True)
class Column:
    """A column of the sync model, the field it lands in, and what its thresholds are."""

    column: str
    name: str
    kind: FieldType
    always_matters: bool = False
    moved: Decimal | None = None


@dataclass(frozen=True)
class Question:
    """All that the SQL of a plan depends on. Relations are quoted names.

    `guards` maps the name of a guard to a query for the contact ids that it blocks; it may read
    `rendered`, the rows of the model; `new_guards` are of contacts that may be updated and not
    created. `merged` is a query for the ids of contacts that were
    merged away. `removes`: the destination can remove. `needs_contact` blocks rows that name no
    contact. `full` sends what is unchanged too, `only_failed` nothing but what failed before.
    """

    model: str
    state: str
    mode: Mode
    key: Column
    contact: Column | None
    record_id: Column | None
    unique_key: Column | None
    fields: tuple[Column, ...]
    create_fields: tuple[Column, ...]
    sends_all: bool
    removes: bool
    guards: Mapping[str, str]
    new_guards: Mapping[str, str]
    merged: str | None
    needs_contact: bool
    new_needs_contact: bool
    full: bool
    only_failed: bool


def aliases(columns: tuple[Column, ...], prefix: str) -> list[str]:
    """Give the names that columns have inside a plan: no name of a field is SQL."""
    return [f"{prefix}{number}" for number in range(len(columns))]


def rendered(column: Column | None, dialect: Dialect) -> str:
    """Give a column as the text that is sent: equal values give equal text, on any engine.

    Numbers are plain digits, at most ten of them decimals, without zeros at the end.
    """
    text = dialect.text_type
    if column is None:
        return f"cast(null as {text})"
    if column.kind == "number":
        # Over its text: DuckDB multiplies a double by ten to the tenth, and rounds.
        number = f"cast(cast(cast({column.column} as {text}) as numeric(38, 10)) as {text})"
        return f"rtrim(rtrim({number}, '0'), '.')"
    if column.kind == "boolean":
        return f"case when {column.column} then 'true' when not {column.column} then 'false' end"
    if column.kind == "timestamp":
        return dialect.iso_timestamp(column.column)
    return f"cast({column.column} as {text})"


def fingerprint(question: Question, dialect: Dialect) -> str:
    """Give the md5 of all that a row would send.

    The names are in it, as one digest. A text comes with its length, so that no two rows run
    together; the other kinds hold no separator.
    """
    parts = [f"'{digest(json.dumps([field.name for field in question.fields]))[:8]}'"]
    for alias, field in zip(aliases(question.fields, "f"), question.fields, strict=True):
        measured = f"cast(length({alias}) as {dialect.text_type}) || ':' || {alias}"
        parts.append(f"coalesce({measured if field.kind == 'string' else alias}, '')")
    # PostgreSQL passes a hundred arguments at most; joined again, the text is the same.
    while len(parts) > ARGUMENTS:
        parts = [f"concat_ws(';', {', '.join(parts[:ARGUMENTS])})", *parts[ARGUMENTS:]]
    return f"md5(concat_ws(';', {', '.join(parts)}))"


def compare_sql(question: Question, dialect: Dialect) -> str:
    """Give the query behind the first table. Parameters: account and name of the sync.

    It holds nothing wide: a million rows pass through it every night.
    """
    changed = "standing <> 'unchanged'"
    return f"""
        with rendered as (
            {_rendered_rows(question, dialect)}
        ),
        fingerprinted as (
            select
                row_key, contact_id, record_id,
                {fingerprint(question, dialect)} as fingerprint
            from rendered
        ),
        remembered as (
            select *
            from (
                select
                    row_key, operation, fingerprint, destination_id, status, attempts,
                    recorded_at, coalesce(run_number, 0) as run_number,
                    row_number() over (
                        partition by row_key
                        order by coalesce(run_number, 0) desc, recorded_at desc, attempts desc
                    ) as recency
                from {question.state}
                where account = ? and sync_name = ?
            ) as numbered
            where recency = 1
        ),
        guarded as (
            {_guarded(question.guards, dialect)}
        ),
        beside as (
            select
                coalesce(fingerprinted.row_key, remembered.row_key) as row_key,
                fingerprinted.contact_id,
                fingerprinted.record_id,
                fingerprinted.fingerprint,
                fingerprinted.fingerprint is not null as is_in_model,
                nullif(remembered.fingerprint, '') as last_fingerprint,
                remembered.destination_id as last_id,
                remembered.run_number as last_run_number,
                remembered.recorded_at as last_recorded_at,
                remembered.attempts as last_attempts,
                -- An answer that got lost may have been a yes; see IN_DOUBT in sync/ledger.py.
                coalesce(
                    remembered.fingerprint is not null
                    or remembered.status = 'pending'
                    and coalesce(remembered.operation, 'upsert') <> 'remove',
                    false
                ) as was_sent,
                coalesce(
                    remembered.status = 'accepted'
                    and nullif(remembered.fingerprint, '') is not null
                    and coalesce(fingerprinted.record_id = remembered.destination_id, true),
                    false
                ) as is_settled
            from fingerprinted
            full join remembered
                on fingerprinted.row_key = remembered.row_key
        ),
        compared as (
            {_with_standing(question)}
        )
        select
            row_key, record_id, is_in_model, standing,
            last_fingerprint is not null as is_there,
            {", ".join(f"case when {changed} then {name} end as {name}" for name in _KEPT)}
        from compared
    """  # noqa: S608  (names of our own columns and of relations that dbt quoted)


# What is asked of rows that are not unchanged.
_KEPT = (
    "last_id",
    "was_sent",
    "is_settled",
    "guard",
    "last_run_number",
    "last_recorded_at",
    "last_attempts",
)


def _with_standing(question: Question) -> str:
    joined = "left join guarded on beside.contact_id = guarded.contact_id"
    return f"""
            select
                beside.*,
                {"coalesce(guarded.guard, 'no contact')" if question.guards else "'no contact'"}
                    as guard,
                case
                    when not is_in_model and was_sent then 'gone'
                    when not is_in_model then 'absent'
                    when {"guarded.guard is not null" if question.guards else "false"}
                        then 'blocked'
                    when {_sql(question.needs_contact)} and beside.contact_id is null
                        then 'blocked'
                    when is_settled and {_as_sent(question)} then 'unchanged'
                    else 'different'
                end as standing
            from beside
            {joined if question.guards else ""}
    """  # noqa: S608  (as above)


def _rendered_rows(question: Question, dialect: Dialect) -> str:
    """Give the query for the rows of the model, every column as the text that is sent."""
    columns = [
        f"{rendered(column, dialect)} as {alias}"
        for alias, column in (
            ("row_key", question.key),
            ("contact_id", question.contact),
            ("record_id", question.record_id),
            ("unique_key", question.unique_key),
            *zip(aliases(question.fields, "f"), question.fields, strict=True),
            *zip(aliases(question.create_fields, "c"), question.create_fields, strict=True),
        )
    ]
    return f"select {', '.join(columns)} from {question.model}"  # noqa: S608  (as above)


def _as_sent(question: Question) -> str:
    if question.mode == "append":
        return "true"
    return "false" if question.full else "fingerprint = last_fingerprint"


def _guarded(guards: Mapping[str, str], dialect: Dialect) -> str:
    """Give the contacts that may not be sent, each with the first guard that says so."""
    queries = [
        f"select contact_id, '{name}' as guard from ({query}) as blocked_by_{number}"  # noqa: S608  (as above)
        for number, (name, query) in enumerate(guards.items())
    ]
    nobody = f"select contact_id, contact_id as guard from ({_nobody(dialect)}) as nobody"  # noqa: S608  (as above)
    union = " union all ".join(queries) or nobody
    return f"select contact_id, min(guard) as guard from ({union}) as named group by contact_id"  # noqa: S608  (as above)


def _nobody(dialect: Dialect) -> str:
    return f"select cast(null as {dialect.text_type}) as contact_id where false"


def decide_sql(question: Question, compared: str, dialect: Dialect) -> str:
    """Give the query behind the second table. Parameters: account, name, the due moment."""
    names = [*aliases(question.fields, "f"), *aliases(question.create_fields, "c")]
    return f"""
        with candidates as (
            select * from {compared} where standing <> 'unchanged' and standing <> 'absent'
        ),
        rendered as (
            {_rendered_rows(question, dialect)}
        ),
        rows_now as (
            select *, {fingerprint(question, dialect)} as fingerprint
            from rendered
            where row_key in (select row_key from candidates)
        ),
        rows_then as (
            select *
            from {question.state}
            where
                row_key in (select row_key from candidates)
                and account = ? and sync_name = ?
        ),
        -- A record that was sent under another key, and has a row of its own now.
        records_written as (
            select record_id
            from {compared}
            where
                standing <> 'blocked'
                and record_id in (
                    select last_id from candidates where standing in ('gone', 'blocked')
                )
            group by record_id
        ),
        merged as (
            {question.merged or _nobody(dialect)}
        ),
        guarded_if_new as (
            {_guarded(question.new_guards, dialect)}
        ),
        with_payload as (
            select
                candidates.*,
                -- What is removed is what was sent, wherever the row would go now.
                case
                    when candidates.standing = 'different'
                        then coalesce(candidates.record_id, candidates.last_id)
                    else coalesce(candidates.last_id, candidates.record_id)
                end as known_id,
                coalesce(rows_now.contact_id, rows_then.contact_id) as contact_id,
                rows_now.contact_id as contact_now,
                coalesce(rows_now.unique_key, rows_then.unique_key) as unique_key,
                {", ".join(f"rows_now.{name}" for name in ["fingerprint", *names])},
                nullif(rows_then.fingerprint, '') as last_fingerprint,
                rows_then.fingerprint as last_mark,
                rows_then.payload as last_payload,
                rows_then.status as last_status,
                rows_then.operation as last_operation,
                rows_then.accepted_at as last_accepted_at,
                rows_then.in_doubt as last_in_doubt,
                rows_then.unique_key as last_unique_key,
                rows_then.accepted_at <= ? as is_due,
                records_written.record_id is not null as is_written_elsewhere
            from candidates
            left join rows_now
                on candidates.row_key = rows_now.row_key and candidates.is_in_model
            left join rows_then
                on candidates.row_key = rows_then.row_key
                and candidates.last_run_number = coalesce(rows_then.run_number, 0)
                and candidates.last_recorded_at = rows_then.recorded_at
                and candidates.last_attempts = rows_then.attempts
            left join records_written
                on candidates.last_id = records_written.record_id
        ),
        beside_merges as (
            select
                with_payload.*,
                merged.contact_id is not null as is_merged_away,
                {_new_guard(question)} as new_guard
            from with_payload
            left join merged
                on with_payload.contact_id = merged.contact_id
            left join guarded_if_new
                on with_payload.contact_now = guarded_if_new.contact_id
        ),
        decided as (
            select *, {_decision(question, dialect)} as decision
            from beside_merges
        ),
        with_operation as (
            select
                *,
                {_operation(question)} as operation,
                {_reason(question, dialect)} as reason
            from decided
        )
        select
            *,
            row_number() over (
                partition by decision
                order by
                    {_place("operation")},
                    case when unique_key is null then 0 else 1 end,
                    row_key
            ) as place
        from with_operation
    """  # noqa: S608  (as above)


def _place(operation: str) -> str:
    """Removals go first: what they leave, such as a unique value, another row may need."""
    words = " ".join(f"when '{name}' then {n}" for n, name in enumerate(ORDER))
    return f"case {operation} {words} end"


ORDER = ("remove", "update", "upsert", "create")


def _decision(question: Question, dialect: Dialect) -> str:
    removable = "was_sent" if question.removes else "false"
    if question.mode in ("mirror", "audience"):
        gone, blocked = removable, removable
    elif question.mode in ("update", "upsert"):
        gone, blocked = f"is_merged_away and {removable}", "false"
    else:
        gone, blocked = "false", "false"
    only_failed = f"{_sql(question.only_failed)} and coalesce(last_status, 'accepted') = 'accepted'"
    skipped = {
        "update": "known_id is null and last_fingerprint is null",
        "create": "record_id is not null or is_settled",
    }.get(question.mode, "false")
    return f"""case
        when standing = 'gone' and (is_written_elsewhere or {only_failed}) then 'left'
        when standing = 'gone' and {gone} then 'send'
        when standing = 'gone' then 'left'
        when standing = 'blocked' and (is_written_elsewhere or {only_failed}) then 'blocked'
        when standing = 'blocked' and {blocked} then 'send'
        when standing = 'blocked' then 'blocked'
        when is_settled and not {_sql(question.full)}
            and not ({differs(question, question.fields, dialect)}) then 'unchanged'
        when {skipped} then 'skipped'
        when {only_failed} then 'skipped'
        when new_guard is not null then 'blocked'
        when not is_settled or {_sql(question.full)} then 'send'
        when {_matters(question, dialect)} then 'send'
        else 'held_back'
    end"""


def _new_guard(question: Question) -> str:
    """Give what keeps a row from being created; null where it is there already, or may be."""
    nobody = f"{_sql(question.new_needs_contact)} and contact_now is null"
    return f"""case
        when standing = 'different' and known_id is null and last_fingerprint is null
            then coalesce(
                guarded_if_new.guard,
                case when {nobody} then 'no contact' end
            )
    end"""


def _operation(question: Question) -> str:
    creation = {"upsert": "upsert", "mirror": "upsert"}.get(question.mode, "create")
    return f"""case
        when decision <> 'send' then null
        when standing <> 'different' then 'remove'
        when known_id is not null or last_fingerprint is not null then 'update'
        else '{creation}'
    end"""


def _reason(question: Question, dialect: Dialect) -> str:
    skipped = {
        "update": "unknown there, and the sync only updates",
        "create": "there already, and the sync only creates",
    }.get(question.mode, "")
    skipped = "did not fail before" if question.only_failed else skipped
    return f"""case
        when standing = 'blocked' then guard
        when decision = 'blocked' then new_guard
        when standing = 'gone' and is_merged_away then 'merged into another contact'
        when standing = 'gone' then 'no longer in the model'
        when decision = 'skipped' then '{skipped}'
        when decision = 'held_back' then {_held_back(question, dialect)}
    end"""


def _numbered(question: Question) -> Iterator[tuple[str, Column]]:
    return zip(aliases(question.fields, "f"), question.fields, strict=True)


def _last(field: Column, dialect: Dialect) -> str:
    return dialect.json_text("last_payload", field.name)


def _is_new(field: Column) -> str:
    """Say that the destination was never given a field: no old value has its name."""
    mark = (json.dumps(field.name) + ":").replace("'", "''")
    return f"position('{mark}' in last_payload) = 0"


def differs(question: Question, fields: tuple[Column, ...], dialect: Dialect) -> str:
    """Say that one of some fields is not what was accepted last."""
    found = [
        f"{_is_new(field)} or {alias} is distinct from {_last(field, dialect)}"
        for alias, field in _numbered(question)
        if field in fields
    ]
    return " or ".join(found) or "false"


def _matters(question: Question, dialect: Dialect) -> str:
    """Say that what differs is worth a write. To appear and to disappear is a move of any size."""
    if question.sends_all:
        return "true"
    always = tuple(field for field in question.fields if field.always_matters)
    found = ["is_due", differs(question, always, dialect)]
    found += [_is_new(field) for field in question.fields]
    for alias, field in _numbered(question):
        if field.moved is not None:
            old = _last(field, dialect)
            found.append(f"({alias} is null) <> ({old} is null)")
            distance = f"cast({alias} as numeric(38, 10)) - cast({old} as numeric(38, 10))"
            found.append(f"abs({distance}) >= {field.moved}")
    return " or ".join(f"coalesce({condition}, false)" for condition in found)


def _held_back(question: Question, dialect: Dialect) -> str:
    reasons = [
        f"case when {differs(question, (field,), dialect)}"
        f" then '{_quoted(field.name)} moved by less than {field.moved.normalize():f}' end"
        for field in question.fields
        if field.moved is not None
    ]
    none = "'no change that send_when names'"
    return (
        f"coalesce(nullif(concat_ws(', ', {', '.join(reasons)}), ''), {none})" if reasons else none
    )


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _sql(value: bool) -> str:  # noqa: FBT001  (a literal of SQL)
    return "true" if value else "false"
