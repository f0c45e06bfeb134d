"""The fields that an object of Salesforce needs before anything can be written to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sync.changes import Field, FieldType, Finding, SetupStep
from sync.destinations.salesforce_answers import items_of
from sync.errors import DestinationError
from sync.http import HttpClient

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)
CUSTOM = re.compile(r"[A-Za-z](_?[A-Za-z0-9])*__c", re.ASCII)
LABEL = 40  # characters of a label at most

# What a new field is made as: the metadata of the Tooling API.
NEW: Mapping[FieldType, Mapping[str, object]] = {
    "string": {"type": "Text", "length": 255},
    "integer": {"type": "Number", "precision": 18, "scale": 0},
    "number": {"type": "Number", "precision": 18, "scale": 2},
    "boolean": {"type": "Checkbox", "defaultValue": "false"},
    "date": {"type": "Date"},
    "timestamp": {"type": "DateTime"},
}
# What `describe` calls the types that take such values.
NUMBERS = frozenset({"double", "currency", "percent"})
TEXTS = frozenset(
    {"string", "textarea", "picklist", "combobox", "multipicklist", "email", "phone", "url"}
    | {"reference", "id"}
)
FITTING: Mapping[FieldType, frozenset[str]] = {
    "string": TEXTS,
    "integer": NUMBERS | {"int"},
    "number": NUMBERS,
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "timestamp": frozenset({"datetime"}),
}

Described = Mapping[str, object]


@dataclass(frozen=True)
class Setup:
    """The fields of one object. With `creates`, what is missing is made; else it is told how."""

    http: HttpClient
    root: str
    object: str
    external_id: str
    creates: bool

    def plan(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Compare, without changing anything."""
        there = described(self.http, self.root, self.object)
        key = there.get(self.external_id)
        steps = [self._step(field, there.get(field.name)) for field in self._others(fields)]
        return [*steps, self._key_step(key)]

    def apply(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create what is missing, then look again: the app's user has to see it."""
        steps = self.plan(fields)
        named = {field.name: field for field in fields}
        missing = [step.name for step in steps if step.action == "create"]
        for name in missing:
            self._create(name, named.get(name))
        if missing:
            still = [step.name for step in self.plan(fields) if step.action != "exists"]
            if hidden := sorted(set(still) & set(missing)):
                raise DestinationError(
                    f"Salesforce made the fields {', '.join(hidden)}, but the app's user does not"
                    " see them: give it Edit on them in a permission set."
                )
        return steps

    def _others(self, fields: Sequence[Field]) -> list[Field]:
        return [field for field in fields if field.name != self.external_id]

    def _step(self, field: Field, found: Described | None) -> SetupStep:
        made = _told(NEW[field.type])
        if found is None:
            return self._missing(field.name, made)
        kind = str(found.get("type"))
        if kind not in FITTING[field.type]:
            detail = f"is {kind}, needs {made}. Map the column to another field."
            return SetupStep(field.name, "conflict", detail)
        if found.get("updateable") is not True:
            detail = "the app's user may not edit it: give it Edit in a permission set."
            return SetupStep(field.name, "conflict", detail)
        return SetupStep(field.name, "exists", kind)

    def _key_step(self, found: Described | None) -> SetupStep:
        name, made = self.external_id, "Text(255), external id, unique"
        if found is None:
            return self._missing(name, made)
        if found.get("externalId") is not True or found.get("unique") is not True:
            return SetupStep(name, "conflict", "is there, and is no external id that is unique.")
        return SetupStep(name, "exists", made)

    def _missing(self, name: str, made: str) -> SetupStep:
        if not CUSTOM.fullmatch(name):
            detail = "there is no such field. A custom one is letters, digits and _, then __c."
            return SetupStep(name, "conflict", detail)
        if not self.creates:
            detail = (
                f"make it in Setup > Object Manager > {self._place()} > Fields, as {made}, and give"
                " the app's user Edit on it. Or set SALESFORCE_CREATE_FIELDS=yes."
            )
            return SetupStep(name, "conflict", detail)
        return SetupStep(name, "create", made)

    def _place(self) -> str:
        # Tasks have no custom fields of their own: they are those of activities.
        return "Activity" if self.object == "Task" else self.object

    def _create(self, name: str, field: Field | None) -> None:
        label = (field.label if field else "Decile key")[:LABEL]
        text = field.description if field else "The record's key in Decile: do not edit."
        metadata: dict[str, object] = {"label": label, "description": text[:1000]}
        if field is None:
            metadata |= {"type": "Text", "length": 255, "externalId": True, "unique": True}
        else:
            metadata |= NEW[field.type]
        body = {"FullName": f"{self._place()}.{name}", "Metadata": metadata}
        # 400: it exists, for instance because an earlier answer was lost. apply() looks again.
        self.http.send(
            "POST",
            f"{self.root}/tooling/sobjects/CustomField",
            body=body,
            idempotent=True,
            accept={400},
        )


def described(http: HttpClient, root: str, object_: str) -> dict[str, Described]:
    """Give the fields of an object that the app's user can see, by name."""
    found = http.get(f"{root}/sobjects/{object_}/describe")
    return {str(one.get("name")): one for one in items_of(found.get("fields"))}


def check(http: HttpClient, root: str, object_: str, external_id: str) -> list[Finding]:
    """Try the token, the object, the external id and what is left of a day's calls."""
    found = http.get(f"{root}/sobjects/{object_}/describe")
    rights = [right for right in ("createable", "updateable", "deletable") if found.get(right)]
    fields = {str(one.get("name")): one for one in items_of(found.get("fields"))}
    key = fields.get(external_id, {})
    can = ", ".join(rights) or "neither createable nor updateable"
    has_key = key.get("externalId") is True and key.get("unique") is True
    why = "is a unique external id" if has_key else "is missing: only known records can be updated"
    return [
        Finding("token", ok=True, detail="accepted"),
        Finding(object_, ok="updateable" in rights, detail=f"{can}; {len(fields):,} fields"),
        Finding(external_id, ok=has_key, detail=why),
        _calls_left(http, root),
    ]


def _calls_left(http: HttpClient, root: str) -> Finding:
    calls = http.get(f"{root}/limits").get("DailyApiRequests")
    left = calls.get("Remaining") if isinstance(calls, Mapping) else None
    if not isinstance(left, int):
        return Finding("calls", ok=True, detail="the org does not say how many are left")
    return Finding("calls", ok=left > 0, detail=f"{left:,} are left of the last 24 hours")


def _told(metadata: Mapping[str, object]) -> str:
    size = [str(metadata[name]) for name in ("length", "precision", "scale") if name in metadata]
    return f"{metadata['type']}({', '.join(size)})" if size else str(metadata["type"])
