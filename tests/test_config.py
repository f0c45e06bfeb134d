from __future__ import annotations

import copy
from typing import Any

import pytest
from small_project import COLUMNS, SYNC

from sync.config import SendWhen, Sync, parse_syncs
from sync.destinations import DESTINATIONS
from sync.errors import ConfigError

Json = dict[str, Any]


def a_manifest(sync: Json, **node: Any) -> Json:
    model = {
        "name": "sync_crm__people",
        "database": "db",
        "schema": "small",
        "alias": "sync_crm__people",
        "config": {"contract": {"enforced": True}},
        "columns": {name: {"name": name, "data_type": kind} for name, kind in COLUMNS.items()},
        **node,
    }
    exposure = {
        "name": "crm_people",
        "original_file_path": "models/people.yml",
        "depends_on": {"nodes": ["model.small.sync_crm__people"]},
        "config": {"meta": {"sync": sync}},
    }
    bystander = {"name": "a_dashboard", "config": {"meta": {}}}
    return {
        "nodes": {"model.small.sync_crm__people": model},
        "exposures": {"exposure.small.crm_people": exposure, "exposure.small.a": bystander},
    }


def parse(**changes: Any) -> Sync:
    (sync,) = parse_syncs(a_manifest(copy.deepcopy(SYNC) | changes), DESTINATIONS)
    return sync


def problems(manifest: Json) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        parse_syncs(manifest, DESTINATIONS)
    place = "models/people.yml, exposure crm_people: "
    assert all(problem.startswith(place) for problem in refused.value.problems)
    return [problem.removeprefix(place) for problem in refused.value.problems]


def test_a_sync_is_read_off_its_exposure() -> None:
    sync = parse(send_when={"any_change": ["band"], "moved": {"lead_score": 5}})
    assert (sync.name, sync.model, sync.schema) == ("crm_people", "sync_crm__people", "small")
    assert sync.meta.send_when == SendWhen(any_change=("band",), moved={"lead_score": 5})
    assert [(field.column, field.name, field.type) for field in sync.fields] == [
        ("contact_key", "decile_contact_id", "string"),
        ("lead_score", "decile_lead_score", "integer"),
        ("band", "decile_band", "string"),
    ]


def test_an_exposure_without_a_sync_is_none_of_ours() -> None:
    assert parse_syncs({"exposures": {}, "nodes": {}}, DESTINATIONS) == []


def test_every_mistake_is_named_at_once() -> None:
    sync = SYNC | {
        "destination": "hubspott",
        "key": "id",
        "fields": {"score": "decile_lead_score", "band": "decile_lead_score"},
        "send_when": {"moved": {"band": 5}, "any_change": ["email"]},
    }
    assert problems(a_manifest(sync)) == [
        "sync.destination: there is no 'hubspott'; known are hubspot",
        "sync.key: sync_crm__people has no column 'id'",
        "sync.fields: sync_crm__people has no column 'score'",
        "sync.send_when.moved: 'band' is not a number",
        "sync.send_when: 'email' is not among the fields that are sent",
        "sync.fields: two columns land in 'decile_lead_score'",
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"mode": "append"}, "sync.mode: hubspot cannot 'append'; it can update, upsert"),
        ({"object": "deals"}, "sync.object: hubspot has no 'deals'; known are contacts"),
        ({"mode": "sometimes"}, "sync.mode: input should be 'update', "),
        ({"fields": {}}, "sync.fields: dictionary should have at least 1 item"),
        ({"batch_size": 5}, "sync.batch_size: unknown key; known are destination, object, mode"),
        ({"send_when": {"moved": {"lead_score": 0}}}, "sync.send_when.moved.lead_score: "),
        ({"send_when": {"when": 1}}, "sync.send_when.when: unknown key; known are any_change, "),
        ({"unique_key": None, "mode": "upsert"}, "sync.unique_key: mode upsert needs it"),
        ({"record_id": None}, "sync.record_id: mode update needs it"),
    ],
)
def test_a_mistake_names_its_key_and_what_is_allowed(changes: Json, problem: str) -> None:
    (found,) = problems(a_manifest(SYNC | changes))
    assert found.startswith(problem)


def test_a_missing_key_is_named() -> None:
    sync = {name: value for name, value in SYNC.items() if name not in {"mode", "fields"}}
    assert problems(a_manifest(sync)) == ["sync.mode: is missing", "sync.fields: is missing"]


def test_the_columns_must_be_promised_by_a_contract() -> None:
    found = problems(a_manifest(SYNC, config={"contract": {"enforced": False}}))
    assert found[0].startswith("depends_on: sync_crm__people has no enforced contract")


def test_a_type_that_no_destination_takes_is_refused() -> None:
    columns = {name: {"name": name, "data_type": kind} for name, kind in COLUMNS.items()}
    columns["band"]["data_type"] = "struct(a int)"
    (found, *_) = problems(a_manifest(SYNC, columns=columns))
    assert found == "sync_crm__people.band: data_type 'struct(a int)' cannot be sent"


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("numeric(18, 2)", "number"),
        ("BIGINT", "integer"),
        ("double precision", "number"),
        ("character varying(20)", "string"),
        ("timestamp without time zone", "timestamp"),
        ("date", "date"),
        ("boolean", "boolean"),
    ],
)
def test_types_are_known_by_their_names_on_any_engine(declared: str, kind: str) -> None:
    columns = {name: {"name": name, "data_type": type_} for name, type_ in COLUMNS.items()}
    columns["band"]["data_type"] = declared
    (sync,) = parse_syncs(a_manifest(SYNC, columns=columns), DESTINATIONS)
    assert sync.types["band"] == kind


def test_a_sync_of_a_model_that_is_switched_off_is_a_mistake() -> None:
    manifest = a_manifest(SYNC)
    manifest["nodes"] = {}
    assert problems(manifest) == ["depends_on: sync_crm__people is switched off in this project"]
