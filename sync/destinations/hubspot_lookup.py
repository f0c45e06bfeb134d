"""Contacts of HubSpot found by our own unique property."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sync.errors import Ambiguous
from sync.http import HttpClient

ROWS_PER_LOOKUP = 100


def look_up(
    http: HttpClient, objects: str, unique_property: str, keys: Collection[str]
) -> dict[str, str]:
    """Give the record id by the value of the property; none for a value that nobody has."""
    wanted = sorted(set(keys))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), ROWS_PER_LOOKUP):
        body = {
            "inputs": [{"id": key} for key in wanted[start : start + ROWS_PER_LOOKUP]],
            "idProperty": unique_property,
            "properties": [unique_property],
        }
        answer = http.send("POST", f"{objects}/batch/read", body=body, idempotent=True)
        results = (answer.body or {}).get("results")
        if not isinstance(results, list):
            raise Ambiguous(f"{answer} without a word of who was found.")
        for one in results:
            properties = one.get("properties") if isinstance(one, Mapping) else None
            if isinstance(properties, Mapping) and isinstance(one.get("id"), str):
                found[str(properties.get(unique_property))] = one["id"]
    return found
