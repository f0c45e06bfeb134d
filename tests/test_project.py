"""Promises of the project's structure, read off dbt's manifest and the files themselves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.forget_tables import Table, is_found

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).with_name("dbt")
# What `make dbt-test` has read already: with the same profile, dbt reads only the files that
# changed since.
KNOWN = ROOT / "target" / "test" / "dbt" / "partial_parse.msgpack"
SAME_PROFILE = {"DECILE_DUCKDB_PATH": "target/test/warehouse.duckdb"}
Node = dict[str, Any]

# Who may read whom. A layer may always read itself; `raw` is a source or its demo seed.
MAY_READ = {
    "staging": {"raw"},
    "identity": {"staging", "seeds"},
    "contacts": {"staging", "identity", "seeds"},
    "events": {"staging", "identity", "seeds"},
    "scoring": {"contacts", "events", "seeds"},
    "lifecycle": {"contacts", "events", "scoring", "seeds"},
    "audiences": {"contacts", "events", "scoring", "lifecycle", "seeds"},
    "activation": {"contacts", "scoring", "lifecycle", "audiences"},
}
ANYTHING = {*MAY_READ, "seeds", "operations"}
MAY_READ |= {"guards": ANYTHING, "evaluation": ANYTHING, "operations": {"raw", "seeds"}}

PUBLIC = {"contacts", "contact_events", "lead_scores", "score_points", "audience_members"}

# Rows as they were delivered, with repeated and broken ones among them: no column is a key,
# and singular tests count them instead.
WITHOUT_A_KEY = {
    "audience_cells",
    "normalised_events",
    "normalised_profiles",
    "policy_cells",
    "quarantine",
    "record_places",
    "source_consents",
    "source_events",
}
# They count machines, heed proxies in their own way, or only ask when something was loaded.
READERS_OF_MACHINES = {
    "excluded_events", "field_events", "conversion_windows", "mail_fates",
}  # fmt: skip
SYNC_SETTINGS = {"destination", "object", "mode", "key", "fields"}
ENGINES = r"(?:default|duckdb|postgres|spark|snowflake|bigquery|databricks|redshift)__"
MACRO = re.compile(r"\{%-?\s*(?:macro|test)\s+(\w+)\s*\((.*?)\)\s*-?%\}", re.S)
MAX_MODEL_LINES = 100
MAX_NAME = 63
MAX_MACRO_LINES = 40


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Node:
    target = tmp_path_factory.mktemp("dbt")
    if KNOWN.exists():
        shutil.copy(KNOWN, target)
    settings = {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target / "logs")}
    parse = subprocess.run(
        [str(DBT), "--quiet", "parse"],
        cwd=ROOT,
        env=os.environ | SAME_PROFILE | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert parse.returncode == 0, parse.stdout + parse.stderr
    read: Node = json.loads((target / "manifest.json").read_text())
    return read


@pytest.fixture
def models(manifest: Node) -> dict[str, Node]:
    nodes = manifest["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


@pytest.fixture
def key_tests(manifest: Node) -> dict[str, set[str]]:
    """The names of the tests of uniqueness that each model has, by the model's id."""
    tests: dict[str, set[str]] = defaultdict(set)
    for node in manifest["nodes"].values():
        name = (node.get("test_metadata") or {}).get("name", "")
        if node["resource_type"] == "test" and ("unique" in name or name == "sync_keys"):
            tests[node["attached_node"]].add(name)
    return tests


def is_public(model: Node) -> bool:
    return model["name"] in PUBLIC or model["name"].startswith("sync_")


def layer_of(node: Node) -> str:
    if node["resource_type"] == "source":
        return "raw"
    folder = Path(node["original_file_path"]).parts[1]
    if node["resource_type"] == "seed":
        return "raw" if folder == "demo" else "seeds"
    return folder


def project_macros(manifest: Node) -> dict[str, list[Node]]:
    """The macros and generic tests of the project, by file."""
    files: dict[str, list[Node]] = defaultdict(list)
    for macro in manifest["macros"].values():
        if macro["package_name"] == "decile":
            files[macro["original_file_path"]].append(macro)
    return files


def arguments_of(signature: str) -> Iterator[str]:
    for argument in re.split(r",(?![^(\[]*[)\]])", signature):
        name = argument.split("=")[0].strip()
        if name:
            yield name


def test_layers_read_only_what_they_may(manifest: Node, models: dict[str, Node]) -> None:
    nodes = manifest["nodes"] | manifest["sources"]
    crossings = [
        f"{layer_of(model)}/{name} reads {layer_of(nodes[parent])}/{nodes[parent]['name']}"
        for name, model in models.items()
        for parent in model["depends_on"]["nodes"]
        if layer_of(nodes[parent]) not in MAY_READ[layer_of(model)] | {layer_of(model)}
    ]
    assert crossings == []


def test_what_is_scored_or_evaluated_is_read_where_machines_are_left_out(
    models: dict[str, Node],
) -> None:
    readers = {
        name
        for name, model in models.items()
        if "model.decile.contact_events" in model["depends_on"]["nodes"]
    }
    assert readers - READERS_OF_MACHINES == {"scored_events"}


def test_a_source_is_read_by_its_own_staging_only(manifest: Node, models: dict[str, Node]) -> None:
    strangers = []
    for model in models.values():
        if layer_of(model) != "staging":
            continue
        own = Path(model["original_file_path"]).parts[2]
        for parent in model["depends_on"]["nodes"]:
            node = (manifest["nodes"] | manifest["sources"])[parent]
            if layer_of(node) == "raw" and own not in {
                node.get("source_name"),
                node["name"].removeprefix("raw_").split("__")[0],
            }:
                strangers.append(f"{model['name']} reads {node['name']}")
    assert strangers == []


def test_every_sync_model_has_one_exposure_and_a_destination(
    manifest: Node, models: dict[str, Node]
) -> None:
    syncs = {name for name, node in models.items() if layer_of(node) == "activation"}
    shown = {name for name, node in models.items() if layer_of(node) == "operations"}
    assert syncs == {name for name in models if name.startswith("sync_")} - shown

    exposed = []
    for exposure in manifest["exposures"].values():
        settings = exposure["config"]["meta"].get("sync")
        if settings is None:
            continue
        (parent,) = exposure["depends_on"]["nodes"]
        model = manifest["nodes"][parent]
        exposed.append(model["name"])
        assert set(settings) >= SYNC_SETTINGS, exposure["name"]
        assert model["name"].startswith(f"sync_{settings['destination']}__")
        assert {settings["key"], *settings["fields"]} <= set(model["columns"])
    assert sorted(exposed) == sorted(syncs)


def test_the_keys_of_every_sync_are_tested_as_its_exposure_names_them(manifest: Node) -> None:
    asked = {}
    for exposure in manifest["exposures"].values():
        if settings := exposure["config"]["meta"].get("sync"):
            (parent,) = exposure["depends_on"]["nodes"]
            names = ("key", "record_id", "unique_key")
            asked[parent] = {name: settings[name] for name in names if settings.get(name)}
    tested = {
        node["attached_node"]: {
            name: column
            for name, column in node["test_metadata"]["kwargs"].items()
            if name != "model"
        }
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "sync_keys"
        and node["attached_node"] in manifest["nodes"]  # a sync that is off keeps its tests
    }
    assert tested == asked


def test_a_guard_is_a_view_that_nothing_reads_and_warns_when_it_stops_something(
    manifest: Node, models: dict[str, Node]
) -> None:
    guards = {node["unique_id"]: node for node in models.values() if layer_of(node) == "guards"}
    assert {node["name"] for node in guards.values()} == {n for n in models if n[:4] == "chk_"}
    assert {node["config"]["materialized"] for node in guards.values()} == {"view"}
    warned = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "guards_nothing"
        and node["config"]["severity"].lower() == "warn"
    }
    assert warned == set(guards)
    read = {parent for node in models.values() for parent in node["depends_on"]["nodes"]}
    assert read.isdisjoint(guards)


def test_every_model_and_column_is_described(models: dict[str, Node]) -> None:
    empty = [name for name, model in models.items() if not model["description"].strip()]
    empty += [
        f"{name}.{column['name']}"
        for name, model in models.items()
        for column in model["columns"].values()
        if not column["description"].strip()
    ]
    assert empty == []
    assert [name for name, model in models.items() if not model["columns"]] == []


def test_every_model_has_a_key_test(
    models: dict[str, Node], key_tests: dict[str, set[str]]
) -> None:
    keyless = {name for name, model in models.items() if model["unique_id"] not in key_tests}
    assert keyless <= WITHOUT_A_KEY


def test_public_models_have_enforced_contracts(models: dict[str, Node]) -> None:
    public = [model for model in models.values() if is_public(model)]
    assert {model["name"] for model in public} >= PUBLIC
    assert [m["name"] for m in public if not m["config"]["contract"]["enforced"]] == []


def test_models_are_short_and_end_on_their_last_cte(models: dict[str, Node]) -> None:
    for name, model in models.items():
        text = (ROOT / model["original_file_path"]).read_text()
        lines = [line for line in text.splitlines() if line.strip()]
        assert len(lines) <= MAX_MODEL_LINES, f"{name}: {len(lines)} lines"
        assert re.fullmatch(r"select \* from [a-z_]+", lines[-1]), f"{name}: {lines[-1]}"


def test_every_model_has_its_yaml_beside_it(models: dict[str, Node]) -> None:
    beside = {
        name: Path(model["original_file_path"]).with_suffix(".yml").as_posix()
        for name, model in models.items()
    }
    patches = {name: model["patch_path"] for name, model in models.items()}
    assert patches == {name: f"decile://{path}" for name, path in beside.items()}


def test_unit_tests_are_named_within_what_postgresql_allows(manifest: Node) -> None:
    names = [test["name"] for test in manifest["unit_tests"].values()]
    assert [name for name in names if len(name) > MAX_NAME] == []


def test_a_file_holds_one_macro_named_like_it(manifest: Node) -> None:
    for path, macros in project_macros(manifest).items():
        names = {
            re.sub(f"^(test_|materialization_)?({ENGINES})?|_default$", "", macro["name"])
            for macro in macros
        }
        assert names == {Path(path).stem}, path


def test_macros_are_short(manifest: Node) -> None:
    for path, macros in project_macros(manifest).items():
        for macro in macros:
            if macro["name"].startswith("materialization_"):
                continue  # not an expression but a procedure
            lines = len([line for line in macro["macro_sql"].splitlines() if line.strip()])
            assert lines <= MAX_MACRO_LINES, f"{path}: {macro['name']} has {lines} lines"


def test_every_argument_of_a_macro_is_described(manifest: Node) -> None:
    missing = []
    for path in project_macros(manifest):
        text = (ROOT / path).read_text()
        comments = "\n".join(re.findall(r"\{#(.*?)#\}", text, re.S))
        arguments = {name for found in MACRO.finditer(text) for name in arguments_of(found[2])}
        described = set(re.findall(r"^\s*(\w+):\s*\S", comments, re.M)) | {"model", "column_name"}
        missing += [f"{path}: {name}" for name in sorted(arguments - described)]
    assert missing == []


def test_whoever_is_forgotten_is_found_in_every_model_that_remembers(
    models: dict[str, Node],
) -> None:
    """It must have a column that `decile forget` knows, or say in names_nobody why not."""
    remembering = {
        name: model
        for name, model in models.items()
        if model["config"]["materialized"] not in ("table", "table_in_place", "view", "ephemeral")
    }
    assert remembering.keys() >= {"contact_registry", "score_history", "identity_record_numbers"}
    lost = [
        name
        for name, model in remembering.items()
        if not model["config"]["meta"].get("names_nobody")
        and not is_found(Table(name, name, name, frozenset(model["columns"])))
    ]
    assert lost == []
