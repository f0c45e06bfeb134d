"""The part of the sandbox that is Pipedrive: persons, their fields, and activities."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sync.sandbox.faults import Fault, failing
from sync.sandbox.replies import Refused, Reply, Request
from sync.sandbox.rules import WriteRow
from sync.sandbox.service import Policy, Service, owner_number
from sync.sandbox.store import Store

NAME = "pipedrive"
PREFIX = "/pipedrive/api/v2/"
ME = "/pipedrive/api/v1/users/me"
WRITABLE = {"name", "owner_id", "org_id", "emails", "phones", "label_ids", "custom_fields"}
ACTIVITY = frozenset(
    ["subject", "type", "owner_id", "deal_id", "due_date", "due_time", "note", "participants"]
)
TYPES = {"varchar", "varchar_auto", "text", "double", "monetary", "date", "set", "enum", "phone"}
LONGEST = {"varchar": 255, "varchar_auto": 255, "text": 65_000, "phone": 255}
FIRST_NEW = 1_000_000


class Pipedrive(Service):
    """Answers under /pipedrive/api/v2/, and who the token is for. It is that of the sandbox."""

    name = NAME
    prefix = (PREFIX, ME)

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the token."""
        given = request.headers.get("x-api-token", "")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return self.unauthorised("")
        return None

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the row of a write: the id of its record, or of whom it is about."""
        kind, _, record_id = request.path.removeprefix(PREFIX).partition("/")
        name = record_id if request.method in ("PATCH", "DELETE") else ""
        if request.method == "POST" and kind in ("persons", "activities"):
            body = _object(request.body)
            people = body.get("participants") or body.get("emails") or [{}]
            name = str(people[0].get("person_id") or people[0].get("value") or "")
        return [WriteRow(id=name, properties={})] if name else []

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        for code in failing(struck, self.rows(request)).values():
            raise Refused(self.problem(400, code, "The row was refused on request."))
        match request.method, request.path.removeprefix(PREFIX).split("/"):
            case "GET", _ if request.path == ME:
                me = {"company_id": owner_number(self._token)}
                return Reply(200, {"success": True, "data": me})
            case "GET", ["personFields"]:
                return _listed(self._fields())
            case "POST", ["personFields"]:
                return self._add_field(_object(request.body))
            case "GET", ["persons"]:
                asked = [one for one in request.query.get("ids", "").split(",") if one]
                return _listed([one for name in asked if (one := self._person(name))])
            case "GET", ["persons", "search"]:
                return self._search(request.query)
            case "POST", ["persons"]:
                return self._write(self._new_id(), None, _object(request.body))
            case "PATCH", ["persons", record_id]:
                found = self._person(record_id)
                return self._write(record_id, found, _object(request.body)) if found else _gone()
            case "DELETE", ["persons", record_id]:
                return self._delete("person", record_id) if self._person(record_id) else _gone()
            case "GET", ["activities"]:
                return self._activities(request.query)
            case "POST", ["activities"]:
                return self._add_activity(_object(request.body))
            case "DELETE", ["activities", record_id]:
                there = self._store.held(NAME, "activity", record_id)
                return self._delete("activity", record_id) if there else _gone()
        return self.problem(404, "", "Unknown method.")

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        body = {"success": False, "error": message, "error_info": "See the documentation."}
        return Reply(status, body | ({"code": code} if code else {}))

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many in a burst, or in a day."""
        reset = 3_600 if policy == "DAILY" else max(1, round(seconds))
        headers = {"x-ratelimit-reset": str(reset), "x-ratelimit-remaining": "0"}
        return Reply(429, self.problem(429, "", "Rate limit exceeded.").body, headers)

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller."""
        return self.problem(401, "", "unauthorized access")

    def _fields(self) -> list[dict[str, Any]]:
        standard = {"field_name": "Person Name", "field_code": "name", "field_type": "varchar"}
        made = list(self._store.held_of(NAME, "_field").values())
        return [standard | {"options": None, "is_custom_field": False}, *made]

    def _add_field(self, body: Mapping[str, Any]) -> Reply:
        kind, options = body.get("field_type"), body.get("options")
        right = (
            set(body) <= {"field_name", "field_type", "options"}
            and kind in TYPES
            and 1 <= len(str(body.get("field_name") or "")) <= 255
            and (kind in ("set", "enum")) == bool(options)
        )
        if not right:
            return self.problem(400, "ERR_SCHEMA_VALIDATION_FAILED", "Validation failed.")
        number = len(self._store.held_of(NAME, "_field")) + 1
        code = hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest()
        made = {
            "field_name": body["field_name"],
            "field_code": code,
            "field_type": kind,
            "options": [
                {"id": number * 100 + place, "label": option["label"]}
                for place, option in enumerate(options or [])
            ]
            or None,
            "is_custom_field": True,
        }
        self._store.keep(NAME, "_field", code, made)
        return _found(made)

    def _person(self, record_id: str) -> dict[str, Any] | None:
        if self._store.held(NAME, "_deleted_person", record_id):
            return None
        if held := self._store.held(NAME, "person", record_id):
            return held
        contact = self._store.contact(record_id)
        if contact is None:
            return None
        address = contact.properties.get("email")
        emails = [{"value": address, "primary": True, "label": "work"}] if address else []
        name = contact.properties.get("firstname") or "Unknown"
        return {"id": contact.id, "name": name, "emails": emails, "custom_fields": {}}

    def _search(self, query: Mapping[str, str]) -> Reply:
        term = query.get("term", "").lower()
        if not term or query.get("fields") != "email" or query.get("exact_match") != "true":
            return self.problem(400, "ERR_SCHEMA_VALIDATION_FAILED", "Validation failed.")
        people = {str(one["id"]): one for one in self._store.held_of(NAME, "person").values()}
        owner = self._store.owner("email", term)
        if owner and (there := self._person(str(owner.id))):
            people[str(owner.id)] = there
        found = [
            {"id": one["id"], "type": "person", "name": one["name"], "emails": addresses}
            for one in people.values()
            if term in (addresses := [email["value"].lower() for email in one["emails"]])
        ][: int(query.get("limit", "100"))]
        data = {"items": [{"result_score": 0.5, "item": one} for one in found]}
        return _found(data, additional_data={"next_cursor": None})

    def _write(
        self, record_id: str, before: Mapping[str, Any] | None, body: Mapping[str, Any]
    ) -> Reply:
        wrong = set(body) - WRITABLE
        wrong |= {"name"} - set(body) if before is None else set()
        if wrong or any(not isinstance(one, dict) for one in body.get("emails", [])):
            return self.problem(400, "ERR_SCHEMA_VALIDATION_FAILED", f"Validation failed: {wrong}")
        known = {one["field_code"]: one for one in self._fields()}
        custom = body.get("custom_fields", {})
        for code, value in custom.items():
            if code not in known or not _fits(known[code], value):
                # As Pipedrive does it: the field by its code, and the value beside.
                message = f"Validation failed: custom_fields.{code}: {value} is not valid"
                return self.problem(400, "ERR_SCHEMA_VALIDATION_FAILED", message)
        start = before or {"id": int(record_id), "emails": [], "custom_fields": {}}
        person = {**start, **body, "custom_fields": {**start["custom_fields"], **custom}}
        self._store.keep(NAME, "person", record_id, person)
        return _found(person)

    def _delete(self, kind: str, record_id: str) -> Reply:
        self._store.let_go(NAME, kind, record_id)
        self._store.keep(NAME, f"_deleted_{kind}", record_id, {"id": record_id})
        return _found({"id": int(record_id)})

    def _activities(self, query: Mapping[str, str]) -> Reply:
        ids = [one for one in query.get("ids", "").split(",") if one]
        found = [
            one
            for one in self._store.held_of(NAME, "activity").values()
            if (not ids or str(one["id"]) in ids)
            and query.get("person_id", str(one["person_id"])) == str(one["person_id"])
        ]
        ordered = sorted(found, key=lambda one: int(one["id"]), reverse=True)
        start = int(query.get("cursor", "0"))
        end = start + int(query.get("limit", "100"))
        return _listed(ordered[start:end], str(end) if ordered[end:] else None)

    def _add_activity(self, body: Mapping[str, Any]) -> Reply:
        people = body.get("participants")
        if (
            set(body) - ACTIVITY - {"participants"}
            or not body.get("subject")
            or not isinstance(people, list)
        ):
            return self.problem(400, "ERR_SCHEMA_VALIDATION_FAILED", "Validation failed.")
        person_id = people[0]["person_id"]
        if self._person(str(person_id)) is None:
            return self.problem(400, "ERR_PERSON_NOT_FOUND", f"Person {person_id} not found.")
        name = self._new_id()
        made = {"id": int(name), "person_id": person_id, **body}
        self._store.keep(NAME, "activity", name, made)
        return _found(made)

    def _new_id(self) -> str:
        last = (self._store.held(NAME, "_number", "last") or {"last": FIRST_NEW})["last"] + 1
        self._store.keep(NAME, "_number", "last", {"last": last})
        return str(last)


def _fits(field: Mapping[str, Any], value: object) -> bool:
    kind = field["field_type"]
    if value is None:
        return True
    if kind == "double":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "enum":
        return value in [option["id"] for option in field["options"]]
    if kind == "date":
        return (
            isinstance(value, str)
            and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
            and bool(date.fromisoformat(value))
        )
    return isinstance(value, str) and len(value) <= LONGEST.get(kind, 255)


def _found(data: object, **more: object) -> Reply:
    return Reply(200, {"success": True, "data": data, **more})


def _listed(rows: Sequence[object], cursor: str | None = None) -> Reply:
    return _found(list(rows), additional_data={"next_cursor": cursor})


def _gone() -> Reply:
    body = {"success": False, "error": "Entity was not found", "error_info": "Not found."}
    return Reply(404, body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}
