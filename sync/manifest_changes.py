"""What a change of the project means for what is sent: two manifests of dbt, compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Json = Mapping[str, Any]
Kind = Literal["new", "gone", "dropped", "renamed", "retyped", "moved", "unsent", "setting"]

# Settings whose change concerns every row, and what it does.
ELSEWHERE = "rows go elsewhere, and what was sent before stays there; the next sync asks first"
SETTINGS = {
    "destination": ELSEWHERE,
    "object": ELSEWHERE,
    "key": "every row is a new one to the ledger",
    "mode": "rows are treated in another way",
}
# Of the keys of `settings`, only the destination knows which of them name a place.
NAMED = "if that names another place, the next sync asks first"
COLUMNS = ("key", "record_id", "unique_key", "contact")


@dataclass(frozen=True)
class Change:
    """One thing that differs for a sync. `column` is the one that the sync used before."""

    sync: str
    kind: Kind
    column: str | None
    detail: str

    def __str__(self) -> str:
        subject = f"{self.sync}: {self.column}" if self.column else self.sync
        return f"{subject} {self.detail}"


def changes_between(earlier: Json, now: Json) -> list[Change]:
    """Say what is dropped, renamed or retyped of what the syncs used, and how they changed."""
    before, after = _syncs(earlier), _syncs(now)
    found = []
    for name in sorted(before | after):
        if name not in after:
            found.append(Change(name, "gone", None, "is gone; what it sent stays where it is"))
        elif name not in before:
            found.append(Change(name, "new", None, "is new"))
        else:
            old, new = _Side(before[name], earlier), _Side(after[name], now)
            found += [*_settings(name, old, new), *_columns(name, old, new)]
    return found


def _syncs(manifest: Json) -> dict[str, Json]:
    return {
        exposure["name"]: exposure
        for exposure in manifest.get("exposures", {}).values()
        if "sync" in exposure.get("config", {}).get("meta", {})
    }


class _Side:
    """One sync in one manifest. Written by any version of the project: nothing is required."""

    def __init__(self, exposure: Json, manifest: Json) -> None:
        self.meta: Json = exposure["config"]["meta"]["sync"] or {}
        models = exposure.get("depends_on", {}).get("nodes", [])
        node = manifest.get("nodes", {}).get(models[0] if models else "", {})
        self.columns: Json = node.get("columns", {})
        self.lands: dict[str, str] = {
            **(self.meta.get("fields") or {}),
            **(self.meta.get("create_fields") or {}),
        }
        named = [self.meta.get(key) for key in COLUMNS]
        self.settings: Json = self.meta.get("settings") or {}
        self.used = list(dict.fromkeys([*(name for name in named if name), *self.lands]))

    def type_of(self, column: str) -> str:
        return str(self.columns[column].get("data_type") or "").lower()


def _settings(name: str, old: _Side, new: _Side) -> Iterator[Change]:
    for key, means in SETTINGS.items():
        was, is_now = old.meta.get(key), new.meta.get(key)
        if was != is_now:
            yield Change(name, "setting", None, f"has {key} {is_now}, was {was}: {means}")
    was, is_now = old.settings, new.settings
    for key in sorted(was.keys() | is_now.keys()):
        if was.get(key) != is_now.get(key):
            detail = f"has settings.{key} {is_now.get(key)}, was {was.get(key)}: {NAMED}"
            yield Change(name, "setting", None, detail)


def _columns(name: str, old: _Side, new: _Side) -> Iterator[Change]:
    for column in old.used:
        if column in old.columns and column not in new.columns:
            heir = _heir(column, old, new)
            kind: Kind = "renamed" if heir else "dropped"
            yield Change(name, kind, column, f"is {kind}" + (f" to {heir}" if heir else ""))
        elif column in old.columns and old.type_of(column) != new.type_of(column):
            detail = f"is {new.type_of(column)}, was {old.type_of(column)}"
            yield Change(name, "retyped", column, detail)
    fields = set(new.lands.values())
    for column, field in old.lands.items():
        if column in new.lands and new.lands[column] != field:
            yield Change(name, "moved", column, f"lands in {new.lands[column]}, was {field}")
        if field not in fields:
            yield Change(
                name, "unsent", column, f"no longer lands in {field}, which keeps its values"
            )


def _heir(column: str, old: _Side, new: _Side) -> str | None:
    """Guess what a column is called now: what lands in its field, or a new one described alike."""
    added = [name for name in new.columns if name not in old.columns]
    field = old.lands.get(column)
    landing = [name for name in added if field and new.lands.get(name) == field]
    said = old.columns[column].get("description")
    alike = [
        name
        for name in added
        if said
        and new.columns[name].get("description") == said
        and new.type_of(name) == old.type_of(column)
    ]
    found = landing or alike
    return found[0] if len(found) == 1 else None
