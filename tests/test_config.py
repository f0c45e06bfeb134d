from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import pytest
from small_project import COLUMNS, SYNC

from sync.changes import Capabilities, Mode
from sync.config import Alerts, Guard, Guards, SendWhen, Sync, parse_guards, parse_syncs
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Connector, Kind
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


def a_guard(name: str, meta: Json | None = None, *columns: str) -> Json:
    guard = {
        "name": name,
        "resource_type": "model",
        "original_file_path": f"models/guards/{name}.sql",
        "database": "db",
        "schema": "small",
        "alias": name,
        "config": {"meta": {"guard": meta} if meta else {}},
        "columns": {column: {"name": column} for column in columns},
    }
    return {f"model.small.{name}": guard}


def able_to(
    *modes: Mode,
    removal: Literal["delete", "clear"] | None = None,
    consent: str | None = None,
    max_in_flight: int = 1,
) -> Mapping[str, Connector]:
    """HubSpot, were it able to do that."""
    able = Capabilities(
        modes=frozenset(modes),
        max_batch=1,
        rows_per_second=1,
        removal=removal,
        consent=consent,
        max_in_flight=max_in_flight,
    )
    return {"hubspot": replace(DESTINATIONS["hubspot"], objects={"contacts": Kind(able)})}


def parse(destinations: Mapping[str, Connector] = DESTINATIONS, **changes: Any) -> Sync:
    (sync,) = parse_syncs(a_manifest(copy.deepcopy(SYNC) | changes), destinations)
    return sync


def problems(manifest: Json, destinations: Mapping[str, Connector] = DESTINATIONS) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        parse_syncs(manifest, destinations)
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
        "sync.destination: there is no 'hubspott'; known are " + ", ".join(sorted(DESTINATIONS)),
        "sync.key: sync_crm__people has no column 'id'",
        "sync.fields: sync_crm__people has no column 'score'",
        "sync.send_when.moved: 'band' is not a number",
        "sync.send_when: 'email' is not among the fields that are sent",
        "sync.fields: two columns land in 'decile_lead_score'",
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"mode": "append"}, "sync.mode: hubspot contacts cannot 'append'; it can update, upsert"),
        ({"object": "deals"}, "sync.object: hubspot has no 'deals'; known are contacts"),
        ({"mode": "sometimes"}, "sync.mode: input should be 'update', "),
        ({"fields": {"band": 'a "band"'}}, "sync.fields: 'a \"band\"' holds a quotation mark"),
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


def test_how_much_a_run_may_do_and_who_is_told_is_read_with_its_defaults() -> None:
    plain = parse().meta
    assert plain.guards == Guards(max_removed_share=0.2, max_changed_share=None, min_rows=1)
    assert (plain.alerts, plain.in_flight, plain.consent) == (Alerts(), 1, None)

    alerts = {"max_failed_share": 0.05, "max_hours_since_success": 26, "to": ["slack"]}
    said = parse(guards={"min_rows": 9}, alerts=alerts).meta
    assert said.guards == Guards(min_rows=9)
    assert said.alerts == Alerts(max_failed_share=0.05, max_hours_since_success=26, to=("slack",))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"guards": {"max_removed_share": 20}}, "sync.guards.max_removed_share: input should be"),
        ({"guards": {"max_changed_share": -0.1}}, "sync.guards.max_changed_share: input should "),
        ({"guards": {"most": 1}}, "sync.guards.most: unknown key; known are max_removed_share, "),
        ({"alerts": {"to": ["mail"]}}, "sync.alerts.to.0: input should be 'webhook' or 'slack'"),
        ({"alerts": {"max_hours_since_success": 0}}, "sync.alerts.max_hours_since_success: "),
        ({"consent": "marketing"}, "sync.consent: input should be 'email_marketing', 'sms'"),
        ({"consent": "sms"}, "sync.contact: is missing, and sync.consent asks for each"),
        ({"contact": "person"}, "sync.contact: sync_crm__people has no column 'person'"),
        ({"in_flight": 999}, "sync.in_flight: hubspot contacts takes at most "),
        ({"in_flight": 0}, "sync.in_flight: input should be greater than or equal to 1"),
    ],
)
def test_a_mistake_in_how_much_a_run_may_do_is_named(changes: Json, problem: str) -> None:
    (found,) = problems(a_manifest(SYNC | changes))
    assert found.startswith(problem)


def test_a_mode_that_removes_needs_a_destination_that_can() -> None:
    sync = SYNC | {"mode": "mirror"}
    (found,) = problems(a_manifest(sync), able_to("update", "mirror"))
    assert found == "sync.mode: hubspot contacts cannot 'mirror'; it can update"
    assert parse(able_to("mirror", removal="clear"), mode="mirror").meta.mode == "mirror"


def test_a_mode_needs_what_its_records_are_found_by() -> None:
    sync = SYNC | {"mode": "mirror", "unique_key": None}
    (found,) = problems(a_manifest(sync), able_to("mirror", removal="delete"))
    assert found == "sync.unique_key: mode mirror needs it"


def test_an_audience_names_the_consent_that_it_takes() -> None:
    able = able_to("audience", removal="delete")
    (found,) = problems(a_manifest(SYNC | {"mode": "audience"}), able)
    assert found == "sync.consent: is missing; an audience is written to: name a purpose, or none"
    assert parse(able, mode="audience", consent="none").meta.purpose is None
    wanted = parse(able, mode="audience", consent="ad_targeting", contact="contact_key")
    assert wanted.meta.purpose == "ad_targeting"
    asking = able_to("audience", removal="delete", consent="ad_targeting")
    assert parse(asking, mode="audience", contact="contact_key").meta.consent is None


def test_batches_in_flight_are_those_that_the_destination_takes() -> None:
    able = able_to("update", max_in_flight=4)
    assert parse(able, in_flight=4).meta.in_flight == 4
    assert problems(a_manifest(SYNC | {"in_flight": 5}), able) == [
        "sync.in_flight: hubspot contacts takes at most 4"
    ]


def test_the_contact_is_the_column_of_that_name_unless_said_otherwise() -> None:
    columns = {name: {"name": name, "data_type": kind} for name, kind in COLUMNS.items()}
    with_contact = columns | {"contact_id": {"name": "contact_id", "data_type": "string"}}
    for node, said, contact in (
        (columns, {}, None),
        (with_contact, {}, "contact_id"),
        (with_contact, {"contact": "contact_key"}, "contact_key"),
    ):
        (sync,) = parse_syncs(a_manifest(SYNC | said, columns=node), DESTINATIONS)
        assert sync.contact == contact


def test_a_destination_that_asks_for_consent_needs_the_contact() -> None:
    (found,) = problems(a_manifest(SYNC), able_to("update", consent="ad_targeting"))
    assert found == "sync.contact: is missing, and hubspot asks for each contact's ad_targeting"


def test_a_sync_knows_what_it_is_made_of_and_which_tests_speak_of_that() -> None:
    node, reads = "model.small.sync_crm__people", {"nodes": ["model.small.people"]}
    manifest = a_manifest(SYNC, depends_on=reads)
    manifest["nodes"] |= {
        "model.small.people": {"depends_on": {"nodes": ["seed.small.raw"]}},
        "model.small.other": {"depends_on": reads},
        "test.small.of_a_column": a_test(attached_node="model.small.people", reads=[]),
        "test.small.of_two_tables": a_test(reads=["model.small.other", "seed.small.raw"]),
        "test.small.elsewhere": a_test(
            attached_node="model.small.other", reads=["model.small.people"]
        ),
    }
    (sync,) = parse_syncs(manifest, DESTINATIONS)
    assert sync.upstream == {node, "model.small.people", "seed.small.raw"}
    assert sync.checks == {"test.small.of_a_column", "test.small.of_two_tables"}


def a_test(*, reads: list[str], attached_node: str | None = None) -> Json:
    return {
        "name": "a_test",
        "resource_type": "test",
        "attached_node": attached_node,
        "depends_on": {"nodes": reads},
    }


def test_guards_are_the_models_of_that_prefix() -> None:
    manifest = a_manifest(SYNC)
    manifest["nodes"] |= a_guard("chk_empty") | a_guard(
        "chk_two", {"stops": "row", "syncs": ["crm_people"]}, "contact_id"
    )
    everybody, one = parse_guards(manifest)
    assert everybody == Guard("chk_empty", "db", "small", "chk_empty", "all")
    assert (one.stops, one.syncs) == ("row", {"crm_people"})
    assert [guard.concerns("other") for guard in (everybody, one)] == [True, False]


@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        ({"stops": "some"}, "guard.stops: input should be 'all' or 'row'"),
        ({"stop": "all"}, "guard.stop: unknown key; known are stops, syncs"),
        ({"syncs": ["crm"]}, "guard.syncs: there is no sync 'crm'; known are crm_people"),
        ({"stops": "row"}, "guard.stops: row needs the column contact_id, described in the YAML"),
    ],
)
def test_a_mistake_in_a_guard_is_named_with_those_of_the_syncs(meta: Json, problem: str) -> None:
    manifest = a_manifest(SYNC | {"object": "deals"})
    manifest["nodes"] |= a_guard("chk_two", meta)
    with pytest.raises(ConfigError) as refused:
        parse_syncs(manifest, DESTINATIONS)
    of_the_sync, of_the_guard = refused.value.problems
    assert "sync.object" in of_the_sync
    assert of_the_guard == f"models/guards/chk_two.sql: {problem}"
    assert parse_guards(manifest) == ()


def test_who_is_to_be_taken_out_of_an_audience_can_be_found_there() -> None:
    meta = SYNC | {
        "destination": "meta",
        "object": "members",
        "mode": "audience",
        "settings": {"audience": "Warm leads"},
        "contact": "contact_key",
        "fields": {"email": "EMAIL"},
        "create_fields": {},
    }
    assert parse(DESTINATIONS, **meta).meta.unique_key == "contact_key"
    without = {name: value for name, value in meta.items() if name != "unique_key"}
    assert problems(a_manifest(without)) == [
        "sync.unique_key: is missing, and meta members takes people out by it: name contact_id"
    ]
    assert problems(a_manifest(meta | {"create_fields": {"band": "FN"}})) == [
        "sync.create_fields: meta members forgets them, and takes people out by them: use fields"
    ]
