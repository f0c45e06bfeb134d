"""Other rules are compared with the live ones before they go live, and nothing live changes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import chdir
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from bench.project import ROOT, build, copy_project
from bench.readme import DOCUMENTS, blocks, pasted
from sync import simulation_build
from sync.cli import app
from sync.errors import ConfigError
from sync.rules import check_rules
from sync.seed_files import read_seed
from sync.session import open_session
from sync.show_simulation import show_simulation
from sync.simulate import nothing_moves, rule_files, simulate
from sync.simulation_build import simulated

EXAMPLE = ROOT / "docs" / "examples" / "pricing_counts_more"
COMPARED = (
    "contact_scores", "lead_scores", "score_history", "score_points", "score_quality",
    "score_reasons", "score_scale", "sync_hubspot__contacts",
)  # fmt: skip
DAY = datetime(2026, 7, 1)  # noqa: DTZ001  (timestamps are UTC)
FOUND: dict[str, Any] = {
    "rules": "other",
    "as_of": "2026-07-01 00:00:00",
    "changed_rules": [
        {"seed": "bands", "row": "b hot", "how": "changed", "cells": {"min_value": ["50", None]}},
        {"seed": "event_rules", "row": "opened", "how": "removed", "cells": {}},
    ],
    "dates": [
        {"as_of": DAY, "scenario": "b", "contacts": 30, "moved": 9, "points_moved": 8,
         "scores_moved": 7, "deciles_moved": 6, "bands_moved": 5, "auc_before": 0.61,
         "auc_after": 0.666, "top_lift_before": 2.5, "top_lift_after": 2.5},
    ],
    "bands": [
        {"scenario": "b", "before": before, "after": after, "contacts": contacts,
         "least_before": least_before, "least_after": least_after}
        for before, after, contacts, least_before, least_after in (
            ("cold", "cold", 20, 0, -3), ("cold", "hot", 4, 0, 51),
            ("hot", "cold", 1, 52, 2), ("hot", "hot", 5, 50, 50),
        )
    ],
    "deciles": [
        {"scenario": "b", "before": 10, "after": 7, "contacts": 2},
        {"scenario": "b", "before": 1, "after": 3, "contacts": 4},
        {"scenario": "b", "before": 5, "after": 5, "contacts": 23},
        {"scenario": "b", "before": 5, "after": None, "contacts": 1},
    ],
    "qualifications": [
        {"scenario": "b", "before": "none", "after": "sql", "contacts": 4},
        {"scenario": "b", "before": "sql", "after": "none", "contacts": 1},
        {"scenario": "b", "before": "sql", "after": "sql", "contacts": 5},
        {"scenario": "b", "before": "none", "after": "none", "contacts": 20},
    ],
    "movers": [
        {"scenario": "b", "contact_id": "c0ffee0000", "points_before": 12, "points_after": 51,
         "score_before": 50, "score_after": 90, "decile_before": 7, "decile_after": 7,
         "band_before": "cold", "band_after": "hot",
         "rules": [{"rule": "pricing", "points": 40}, {"rule": "opened", "points": -1}]},
    ],
    "syncs": [
        {"sync": "crm", "account": "sandbox", "rows": 40, "send_before": 1, "send_after": 12,
         "held_back_before": 0, "held_back_after": 3},
    ],
}  # fmt: skip


def shown(found: dict[str, Any]) -> str:
    console = Console(file=StringIO(), width=100, highlight=False)
    show_simulation(console, found)
    return " ".join(console.file.getvalue().split())


def test_a_simulation_shows_who_moves_and_what_is_sent() -> None:
    text = shown(FOUND)
    for words in (
        "bands, b hot: min_value 50 → empty event_rules, removed: opened",
        "2026-07-01 30 8 7 6 5 0.61 → 0.67 2.5×",
        "band now → cold → hot cold 20 4 hot 1 5",
        "Deciles: 2 fall by 3 or more, 23 stay, 4 rise by 1 or 2, 1 leave the ranks.",
        "Ready for sales: 6 now, 9 then; 4 gained, 1 lost.",
        "c0ffee00 12.0 → 51.0 50 → 90 7 cold → hot pricing +40.0 opened -1.0",
        "crm sandbox 40 1 12 3",
    ):
        assert words in text


def test_where_nothing_moves_one_sentence_says_so() -> None:
    still = FOUND | {"dates": [FOUND["dates"][0] | {"moved": 0}], "changed_rules": []}
    text = shown(still)
    assert "No row differs from the live rules." in text
    assert "Nothing moves: 30 contacts have the points" in text
    assert "band now" not in text


def test_a_broken_set_is_refused_with_file_and_row(tmp_path: Path) -> None:
    rules = (ROOT / "seeds/scoring/event_rules.csv").read_text()
    (tmp_path / "event_rules.csv").write_text(rules.replace(",page_viewed,", ",page_veiwed,", 1))
    arguments = ["simulate", "--rules", str(tmp_path), "--project-dir", str(ROOT)]
    printed = CliRunner().invoke(app, arguments)
    assert (printed.exit_code, printed.stdout) == (2, "")
    assert "event_rules.csv, row 2, event_name:" in printed.stderr
    assert '"page_veiwed" is not allowed' in printed.stderr


def test_a_folder_holds_rule_seeds_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no CSV"):
        rule_files(tmp_path)
    (tmp_path / "contacts.csv").write_text("a\n")
    with pytest.raises(ConfigError, match=r"contacts\.csv: is no rule seed; allowed: event_rules"):
        rule_files(tmp_path)


def test_the_example_is_the_shipped_rules_with_two_changes() -> None:
    shipped, changed = (
        {row.cells["rule"]: row.cells for row in read_seed(path, path.name).rows}
        for path in (ROOT / "seeds/scoring/event_rules.csv", EXAMPLE / "event_rules.csv")
    )
    assert check_rules(ROOT, instead=EXAMPLE) == []
    assert {rule for rule in shipped if shipped[rule] != changed.get(rule)} == {
        "viewed_pricing", "opened_email"
    }  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample, built as somebody would who owns the project."""
    folder = tmp_path_factory.mktemp("simulated") / "project"
    copy_project(folder)
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    build(folder, folder / "warehouse.duckdb", select="*", project_vars={})
    with chdir(folder), pytest.MonkeyPatch.context() as patch:
        for name in ("DECILE_TARGET", "DECILE_DUCKDB_PATH", "DBT_TARGET_PATH"):
            patch.delenv(name, raising=False)
        patch.setenv("HUBSPOT_TOKEN", "")
        patch.setenv("DECILE_SANDBOX_STATE", str(folder / "sandbox.sqlite"))
        for command in (["setup"], ["sync"]):
            assert CliRunner().invoke(app, command).exit_code == 0
        yield folder


def tables(database: Path) -> dict[str, Any]:
    """The rows of every table as one number; views among them read the clock."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_type = 'BASE TABLE'"
        ).fetchall()
        return {
            f"{schema}.{name}": connection.execute(
                f"select count(*), sum(hash(t)) from {schema}.{name} as t"
            ).fetchall()
            for schema, name in names
        }


def rows_of(names: tuple[str, ...], tables: Any, warehouse: Any) -> dict[str, list[str]]:
    return {
        name: sorted(str(row) for row in warehouse.rows(f"select * from {tables(name)}"))
        for name in names
    }


@pytest.mark.long
def test_a_copy_of_the_live_rules_moves_nothing(project: Path, tmp_path: Path) -> None:
    for path in (ROOT / "seeds" / "scoring").glob("*_rules.csv"):
        shutil.copy(path, tmp_path)
    shutil.copy(ROOT / "seeds/scoring/bands.csv", tmp_path)
    given = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    before = tables(project / "warehouse.duckdb")
    found = simulate(tmp_path, target=None, movers=5, tell=lambda _: None)
    assert nothing_moves(found)
    assert (found["changed_rules"], found["movers"]) == ([], [])
    assert [row["contacts"] > 1000 for row in found["dates"]] == [True, True, True]
    for row in found["syncs"]:
        assert row["rows"] > row["send_before"] == row["send_after"] == 0
    assert tables(project / "warehouse.duckdb") == before
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == given


@pytest.mark.long
@pytest.mark.parametrize("step", ["build_quietly", "_remembers"])
def test_a_simulation_that_fails_leaves_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConfigError("on purpose")

    before = tables(project / "warehouse.duckdb")
    monkeypatch.setattr(simulation_build, step, fail)
    with pytest.raises(ConfigError, match="on purpose"), simulated(rule_files(EXAMPLE), None):
        pass
    assert tables(project / "warehouse.duckdb") == before


@pytest.mark.long
def test_a_schema_that_no_simulation_made_is_left_alone(project: Path) -> None:
    with duckdb.connect(str(project / "warehouse.duckdb")) as connection:
        connection.execute("create schema decile_simulation")
        connection.execute("create table decile_simulation.mine as select 1 as one")
    try:
        with (
            pytest.raises(ConfigError, match="tables that no simulation made"),
            simulated(rule_files(EXAMPLE), None),
        ):
            pass
    finally:
        with duckdb.connect(str(project / "warehouse.duckdb")) as connection:
            assert connection.execute("from decile_simulation.mine").fetchall() == [(1,)]
            connection.execute("drop schema decile_simulation cascade")


@pytest.mark.long
def test_what_the_documents_show_is_what_the_commands_print(project: Path) -> None:
    for document in DOCUMENTS:
        for command, shown in blocks(document.read_text(encoding="utf-8")):
            assert pasted(command, project=project) == shown, f"{document}: run make readme"


@pytest.mark.long
def test_a_real_build_gives_what_the_simulation_foretold(project: Path) -> None:
    with simulated(rule_files(EXAMPLE), None) as simulation, open_session(None) as session:
        foretold = rows_of(
            COMPARED, lambda name: simulation.table(session, name), session.warehouse
        )
        now = rows_of(COMPARED, session.table, session.warehouse)
    assert {name for name in COMPARED if foretold[name] != now[name]} == set(COMPARED)

    for path in EXAMPLE.glob("*.csv"):
        shutil.copy(path, project / "seeds" / "scoring")
    build(project, project / "warehouse.duckdb", select="path:seeds/scoring+", project_vars={})
    with open_session(None) as session:
        came = rows_of(COMPARED, session.table, session.warehouse)
    assert {name for name in COMPARED if foretold[name] != came[name]} == set()
