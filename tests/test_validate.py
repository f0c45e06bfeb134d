from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from small_project import COLUMNS, SYNC, write_project
from typer.testing import CliRunner, Result

from sync import exposure_schema
from sync.cli import app
from sync.exposure_schema import PATH
from sync.manifest_changes import changes_between

ROOT = Path(__file__).parents[1]
Json = dict[str, Any]


def a_manifest(sync: Json | None = None, columns: dict[str, str] = COLUMNS) -> Json:
    described = {
        name: {"name": name, "data_type": kind, "description": f"The {name}."}
        for name, kind in columns.items()
    }
    exposure = {
        "name": "crm_people",
        "depends_on": {"nodes": ["model.small.sync_crm__people"]},
        "config": {"meta": {"sync": SYNC if sync is None else sync}},
    }
    return {
        "nodes": {"model.small.sync_crm__people": {"columns": described}},
        "exposures": {"exposure.small.crm_people": exposure},
    }


def changes(now: Json) -> list[str]:
    return [str(change) for change in changes_between(a_manifest(), now)]


def without(*names: str) -> dict[str, str]:
    return {name: kind for name, kind in COLUMNS.items() if name not in names}


def test_the_same_project_has_not_changed() -> None:
    assert changes(a_manifest()) == []


def test_a_column_that_is_used_and_gone_is_dropped() -> None:
    assert changes(a_manifest(columns=without("band", "record_id"))) == [
        "crm_people: record_id is dropped",
        "crm_people: band is dropped",
    ]


def test_a_column_that_is_not_used_may_go() -> None:
    with_more = a_manifest(columns=COLUMNS | {"note": "string"})
    assert changes_between(with_more, a_manifest()) == []


def test_a_column_that_lands_in_the_same_field_has_been_renamed() -> None:
    fields = {"contact_key": "decile_contact_id", "score": "decile_lead_score"}
    sync = SYNC | {"fields": fields | {"band": "decile_band"}}
    now = a_manifest(sync, without("lead_score") | {"score": "integer"})
    assert changes(now) == ["crm_people: lead_score is renamed to score"]


def test_a_column_that_is_described_alike_has_been_renamed() -> None:
    now = a_manifest(columns=without("record_id") | {"hubspot_id": "string"})
    node = now["nodes"]["model.small.sync_crm__people"]
    node["columns"]["hubspot_id"]["description"] = "The record_id."
    assert changes(now) == ["crm_people: record_id is renamed to hubspot_id"]


def test_a_column_of_another_type_is_told() -> None:
    assert changes(a_manifest(columns=COLUMNS | {"lead_score": "string"})) == [
        "crm_people: lead_score is string, was integer"
    ]


def test_what_happens_to_fields_is_told() -> None:
    sync = SYNC | {"fields": {"contact_key": "our_id", "lead_score": "decile_lead_score"}}
    assert changes(a_manifest(sync)) == [
        "crm_people: contact_key lands in our_id, was decile_contact_id",
        "crm_people: contact_key no longer lands in decile_contact_id, which keeps its values",
        "crm_people: band no longer lands in decile_band, which keeps its values",
    ]


def test_a_setting_that_concerns_every_row_is_told() -> None:
    assert changes(a_manifest(SYNC | {"key": "contact_key"})) == [
        "crm_people has key contact_key, was sync_key: every row is a new one to the ledger"
    ]


def test_another_list_is_told() -> None:
    earlier = a_manifest(SYNC | {"settings": {"list": "Hot leads", "title": "One"}})
    now = a_manifest(SYNC | {"settings": {"list": "Warm leads", "title": "One"}})
    assert [str(change) for change in changes_between(earlier, now)] == [
        "crm_people has settings.list Warm leads, was Hot leads: if that names another place, the "
        "next sync asks first"
    ]
    assert [str(change) for change in changes_between(earlier, a_manifest())] == [
        "crm_people has settings.list None, was Hot leads: if that names another place, the next "
        "sync asks first",
        "crm_people has settings.title None, was One: if that names another place, the next sync "
        "asks first",
    ]


def test_a_sync_that_is_new_or_gone_is_told() -> None:
    nothing = {"nodes": {}, "exposures": {}}
    assert changes(nothing) == ["crm_people is gone; what it sent stays where it is"]
    assert [str(change) for change in changes_between(nothing, a_manifest())] == [
        "crm_people is new"
    ]


def decile(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["validate", *arguments, "--project-dir", str(folder)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_project(tmp_path)
    return tmp_path


def test_a_project_is_judged_where_no_warehouse_answers(folder: Path) -> None:
    server = {"type": "postgres", "host": "127.0.0.1", "port": 9, "user": "u", "password": "p"}
    output = {**server, "dbname": "d", "schema": "small", "threads": 1}
    profiles = {"small": {"target": "dev", "outputs": {"dev": output}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))
    judged = decile(folder)
    assert (judged.exit_code, judged.stdout) == (
        0,
        "crm_people: sync_crm__people to hubspot contacts, mode update, 4 fields, "
        "no guard model\nNo mistakes.\n",
    )


def test_mistakes_end_with_2_and_changes_do_not(folder: Path) -> None:
    earlier = folder / "earlier.json"
    earlier.write_text(json.dumps(a_manifest(columns=COLUMNS | {"lead_score": "string"})))
    assert decile(folder, "--against", str(earlier)).exit_code == 0

    properties = (folder / "models" / "people.yml").read_text()
    (folder / "models" / "people.yml").write_text(properties.replace("name: band", "name: step"))
    (folder / "models" / "chk_nobody.sql").write_text("{{ config(meta={'guard': {'stop': 1}}) }}")
    judged = decile(folder, "--json", "--against", str(earlier))
    assert judged.exit_code == 2
    found = json.loads(judged.stdout)
    assert found["problems"] == [
        "models/people.yml, exposure crm_people: sync.fields: "
        "sync_crm__people has no column 'band'",
        "models/chk_nobody.sql: guard.stop: unknown key; known are stops, syncs",
    ]
    assert found["syncs"] == []
    assert [(change["column"], change["kind"]) for change in found["changes"]] == [
        ("lead_score", "retyped"),
        ("band", "dropped"),
    ]
    assert "mistake  models/people.yml" in decile(folder).stdout


@pytest.mark.parametrize("content", [None, "no json", "[]", "{}"])
def test_an_earlier_manifest_has_to_be_one(folder: Path, content: str | None) -> None:
    if content is not None:
        (folder / "earlier.json").write_text(content)
    judged = decile(folder, "--against", str(folder / "earlier.json"))
    assert (judged.exit_code, "earlier.json is no manifest of dbt" in judged.stderr) == (2, True)


def test_the_schema_for_editors_is_what_the_code_takes() -> None:
    written = PATH.read_text(encoding="utf-8")
    assert written == exposure_schema.text(), "run: python -m sync.exposure_schema"


def test_the_schema_takes_every_properties_file_of_the_project() -> None:
    schema = json.loads(PATH.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sorted((ROOT / "models").rglob("*.yml")):
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        assert [error.message for error in validator.iter_errors(document)] == [], path


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"modes": "update"}, []),
        ({"mode": "append"}, ["mode"]),
        ({"mode": "sometimes"}, ["mode"]),
        ({"object": "deals"}, ["object"]),
        ({"destination": "hubspott"}, ["destination"]),
        ({"in_flight": 1000}, ["in_flight"]),
        ({"consent": "marketing"}, ["consent"]),
        ({"guards": {"max_removed_share": 20}}, ["guards", "max_removed_share"]),
        ({"alerts": {"to": ["mail"]}}, ["alerts", "to", 0]),
        ({"send_when": {"when": 1}}, ["send_when"]),
    ],
)
def test_the_schema_refuses_what_the_code_refuses(changed: Json, place: list[str | int]) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(PATH.read_text(encoding="utf-8")))
    sync = copy.deepcopy(SYNC) | changed
    document = {"exposures": [{"name": "crm_people", "config": {"meta": {"sync": sync}}}]}
    deepest = {leaf for error in validator.iter_errors(document) for leaf in leaves(error)}
    assert ("exposures", 0, "config", "meta", "sync", *place) in deepest


def leaves(error: jsonschema.ValidationError) -> set[tuple[str | int, ...]]:
    """Where a mistake is: what is optional is any of two, and says so one step further down."""
    if not error.context:
        return {tuple(error.absolute_path)}
    return {leaf for inner in error.context for leaf in leaves(inner)} | {
        tuple(error.absolute_path)
    }
