"""The guards of a plan: what a model must promise, and how much one run may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sync.changes import Capabilities
from sync.config import Guard, Sync
from sync.errors import ConfigError, GuardError
from sync.warehouse import Warehouse

if TYPE_CHECKING:
    from sync.planner import Plan

Allowed = Mapping[str, int]

# Gives the quoted name of a model's table.
Table = Callable[[str], str]

# A share of fewer rows than this says nothing: of an audience of five, one leaving is a fifth.
FEW_ROWS = 10


def parse_allowed(options: list[str]) -> dict[str, int]:
    """Read `--allow removed=120`: a guard, and the number that it may let through."""
    allowed = {}
    for option in options:
        name, _, number = option.partition("=")
        if not name or not (number.isascii() and number.isdigit()):
            raise ConfigError(
                f"--allow {option}: must be a guard and the number it may let through, as in "
                "--allow removed=120"
            )
        allowed[name] = int(number)
    return allowed


def check_guards(
    sync: Sync, guards: Sequence[Guard], table: Table, warehouse: Warehouse, allowed: Allowed
) -> None:
    """Raise GuardError where a guard that stops everything has more rows than allowed."""
    found = []
    for guard in guards:
        if guard.stops == "row" or not guard.concerns(sync.name):
            continue
        (row,) = warehouse.rows(f"select count(*) as found from {table(guard.name)}")  # noqa: S608  (quoted by dbt)
        if row["found"] > allowed.get(guard.name, 0):
            found.append(
                f"{sync.name}: the guard {guard.name} has {row['found']:,} rows; nothing was sent. "
                f"Look at them with: dbt show --select {guard.name} (if they are right: "
                f"--allow {guard.name}={row['found']})"
            )
    if found:
        raise GuardError("\n".join(found))


def row_guards(
    sync: Sync, guards: Sequence[Guard], table: Table, capabilities: Capabilities
) -> dict[str, str]:
    """Give, by name, the queries for contacts of whom nothing may be sent.

    Consent is asked for here although the model should have asked: a wrong model leaks nobody.
    """
    if sync.contact is None:
        return {}
    queries = {
        guard.name: f"select contact_id from {table(guard.name)}"  # noqa: S608  (quoted by dbt)
        for guard in guards
        if guard.stops == "row" and guard.concerns(sync.name)
    }
    purposes = [purpose for purpose in (sync.meta.purpose, capabilities.consent) if purpose]
    return queries | _without_consent(purposes, table)


def new_guards(sync: Sync, table: Table, capabilities: Capabilities) -> dict[str, str]:
    """Give, by name, the queries for contacts who may be updated there, and not created."""
    purpose = capabilities.consent_for_new
    return _without_consent([purpose], table) if purpose and sync.contact else {}


def _without_consent(purposes: Sequence[str], table: Table) -> dict[str, str]:
    return {
        f"no consent: {purpose}": f"""
            select rendered.contact_id
            from rendered
            left join {table("contact_consents")} as granted
                on rendered.contact_id = granted.contact_id
                and granted.purpose = '{purpose}'
                and granted.status = 'granted'
            where granted.contact_id is null and rendered.contact_id is not null
        """  # noqa: S608  (quoted by dbt; the purpose is one of five words)
        for purpose in dict.fromkeys(purposes)
    }


def merged_contacts(table: Table) -> str:
    """Give the query for contacts that are another one now."""
    return (
        f"select merged_contact_id as contact_id from {table('contact_merges')} "  # noqa: S608  (quoted by dbt)
        "where current_contact_id <> merged_contact_id group by merged_contact_id"
    )


def check_plan(plan: Plan, keys: Mapping[str, Any], allowed: Allowed) -> None:
    """Raise GuardError, with all that is wrong, where the plan must not be sent."""
    problems = [*_broken_promises(plan, keys), *_too_much(plan, allowed)]
    if problems:
        raise GuardError(
            f"{plan.sync.name}: {plan.sync.model} {' and '.join(problems)}; nothing was sent. "
            f"Look at it with: dbt test --select {plan.sync.model}"
        )


def _broken_promises(plan: Plan, keys: Mapping[str, Any]) -> list[str]:
    found = []
    least = plan.sync.meta.guards.min_rows
    if plan.rows_read < least:
        found.append("has no rows" if not plan.rows_read else f"has fewer than {least:,} rows")
    if empty := int(keys["empty_keys"] or 0):
        found.append(f"has {empty:,} rows without a key")
    if repeated := int(keys["repeated_keys"] or 0):
        found.append(f"has {repeated:,} rows with a key seen before")
    return found


def _too_much(plan: Plan, allowed: Allowed) -> list[str]:
    guards, found = plan.sync.meta.guards, []
    for name, verb, rows, share in (
        ("removed", "would remove", plan.count("remove"), guards.max_removed_share),
        ("changed", "would change", plan.count("update"), guards.max_changed_share),
    ):
        if share is None or rows <= max(FEW_ROWS, share * plan.there, allowed.get(name, 0)):
            continue
        found.append(
            f"{verb} {rows:,} of the {plan.there:,} rows sent before, and max_{name}_share is "
            f"{share:g} (if that is right: --allow {name}={rows})"
        )
    return found
