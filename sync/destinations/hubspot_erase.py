"""Forget a HubSpot contact for good. Deleting it would only move it to the recycle bin."""

from __future__ import annotations

from urllib.parse import quote

from sync.answers import Answer, default_error
from sync.destinations.hubspot_answers import NOT_FOUND
from sync.errors import Ambiguous
from sync.http import HttpClient


def erase(
    http: HttpClient, objects: str, record_id: str | None, unique: tuple[str, str]
) -> str | None:
    """Erase by record id, looked up by (property, value) where it is not known; give the id.

    Never by e-mail address: one that HubSpot does not know it blocks for good, typos included. A
    contact that is not there is as good as erased.
    """
    record_id = record_id or _record_id(http, objects, *unique)
    if record_id:
        body = {"objectId": record_id}
        _unless_gone(
            http.send("POST", f"{objects}/gdpr-delete", body=body, idempotent=True, accept={404})
        )
    return record_id


def _record_id(http: HttpClient, objects: str, name: str, value: str) -> str | None:
    path = f"{objects}/{quote(value, safe='')}"
    answer = http.send("GET", path, query={"idProperty": name}, idempotent=True, accept={404})
    if not _unless_gone(answer):
        return None
    found = (answer.body or {}).get("id")
    if not isinstance(found, str):
        raise Ambiguous(f"{answer.service} answered {answer.status} without the id of a record.")
    return found


def _unless_gone(answer: Answer) -> bool:
    """Tell whether the record is there. A 404 for any other reason is the error that it is."""
    if answer.status != 404:
        return True
    error = default_error(answer, idempotent=True)
    if (answer.body or {}).get("category") != NOT_FOUND and error:
        raise error
    return False
