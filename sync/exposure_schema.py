"""The JSON schema by which an editor checks and completes `config.meta.sync` of an exposure.

Written from the models in sync/exposure.py and from what the destinations can do:
python -m sync.exposure_schema
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from sync.changes import Mode
from sync.config_problems import can
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Connector, Kind
from sync.exposure import SyncMeta

PATH = Path(__file__).with_name("exposure.schema.json")


def exposure_schema() -> dict[str, Any]:
    """Give a schema that takes any properties file of dbt, and judges its syncs only."""
    sync = SyncMeta.model_json_schema()
    parts = sync.pop("$defs")
    sync["properties"]["destination"]["enum"] = sorted(DESTINATIONS)
    sync["allOf"] = [_matrix(name, DESTINATIONS[name]) for name in sorted(DESTINATIONS)]
    exposure = _within("config", _within("meta", _within("sync", {"$ref": "#/$defs/SyncMeta"})))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dbt properties with syncs",
        **_within("exposures", {"type": "array", "items": exposure}),
        "$defs": {**parts, "SyncMeta": sync},
    }


def _within(key: str, schema: Mapping[str, object]) -> dict[str, Any]:
    return {"type": "object", "properties": {key: schema}}


def _matrix(name: str, connector: Connector) -> dict[str, Any]:
    """Say what a destination takes: its objects, and what each of them can."""
    return {
        "if": {"properties": {"destination": {"const": name}}},
        "then": {
            "properties": {"object": {"enum": sorted(connector.objects)}},
            "allOf": [
                _takes(object_, connector.objects[object_]) for object_ in sorted(connector.objects)
            ],
        },
    }


def _takes(object_: str, kind: Kind) -> dict[str, Any]:
    """Say what a kind of record takes: modes, batches in flight, settings."""
    able = kind.capabilities
    settings = {
        "type": "object",
        "properties": {key: {"type": "string"} for key in (*kind.required, *kind.optional)},
        "required": list(kind.required),
        "additionalProperties": False,
    }
    takes = {
        "mode": {"enum": [mode for mode in get_args(Mode) if can(able, mode)]},
        "in_flight": {"maximum": able.max_in_flight},
        "settings": settings,
    }
    return {
        "if": {"properties": {"object": {"const": object_}}},
        "then": {"properties": takes, **({"required": ["settings"]} if kind.required else {})},
    }


def text() -> str:
    """Give the schema as its file has it."""
    return json.dumps(exposure_schema(), indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
