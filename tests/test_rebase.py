"""A scale is drawn anew only on purpose; what it does to the scores is counted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_project import write_project
from typer.testing import CliRunner, Result

from sync.cli import app
from sync.rebase import Levels, moved
from sync.show_rebase import moved_json

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).with_name("dbt")
TABLES = {
    "lead_scores": "select timestamp '2026-07-01' as scored_at",
    "score_scale": """select 'default' as scenario, 'total' as measure, 1 as base_number,
        timestamp '2026-06-01' as based_at, 'first' as cause""",
    "score_history": "select timestamp '2026-07-01' as changed_at",
    "score_levels": "select 1 as one",
    "scenarios": """select * from (values
        ('content', 'true', 'points'), ('default', 'true', null), ('spare', 'false', null),
        ('young', 'true', null)) as t (scenario, is_active, scale)""",
}
LEVELS = st.dictionaries(
    st.tuples(st.sampled_from(["default", "other"]), st.sampled_from(["1.00", "2.00", "9.50"])),
    st.tuples(st.integers(1, 50), st.integers(1, 100)),
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    database = write_project(tmp_path)
    for table in TABLES:
        (tmp_path / "models" / f"{table}.sql").write_text("select 1 as one")
    return database


def write_tables(database: Path, **changes: str) -> None:
    with duckdb.connect(database) as connection:
        connection.execute("create schema if not exists small")
        for table, query in (TABLES | changes).items():
            connection.execute(f"create table small.{table} as {query}")


def rebase(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["rebase", *arguments, "--project-dir", str(database.parent)])


@given(LEVELS)
def test_the_same_scale_moves_nobody(levels: Levels) -> None:
    result = moved(levels, levels, scenario="default", base_number=2)
    assert (result.changed, dict(result.by)) == (0, {})
    assert result.contacts == sum(n for (of, _), (n, _) in levels.items() if of == "default")


def test_what_moved_is_counted_by_contacts() -> None:
    before = {("default", "1.00"): (3, 10), ("default", "2.00"): (5, 50), ("other", "1.00"): (9, 1)}
    after = {("default", "1.00"): (3, 6), ("default", "2.00"): (5, 51), ("other", "1.00"): (9, 99)}
    assert moved_json(moved(before, after, scenario="default", base_number=2)) == {
        "scenario": "default",
        "base_number": 2,
        "contacts": 8,
        "changed": 8,
        "up": 5,
        "down": 3,
        "mean_change": 2.12,  # 3 x 4 and 5 x 1, over 8
        "largest_change": -4,
    }


def test_a_warehouse_that_was_not_built_is_refused(database: Path) -> None:
    refused = rebase(database)
    assert (refused.exit_code, "Build it with: dbt build" in refused.output) == (2, True)


def test_scores_that_nobody_has_are_refused(database: Path) -> None:
    write_tables(database, lead_scores="select timestamp '2026-07-01' as scored_at where 1 = 0")
    refused = rebase(database)
    assert (refused.exit_code, "nobody has a score yet" in refused.output) == (2, True)


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ("defualt", "there is no scenario 'defualt'; known are: content, default, spare, young"),
        ("content", "its score is its points"),
        ("spare", "the scenario is not active"),
        ("young", "has no scale yet"),
    ],
)
def test_a_scenario_without_a_scale_is_refused(database: Path, scenario: str, message: str) -> None:
    write_tables(database)
    refused = rebase(database, "--scenario", scenario)
    assert (refused.exit_code, message in refused.output) == (2, True), refused.output


def test_scores_older_than_what_is_remembered_are_refused(database: Path) -> None:
    write_tables(database, score_history="select timestamp '2026-07-02' as changed_at")
    refused = rebase(database)
    assert refused.exit_code == 4
    assert "score_history already remembers 2026-07-02" in refused.output
    assert "nothing was changed" in refused.output


@pytest.mark.long
def test_scores_stay_until_the_scale_is_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DECILE_TARGET", "duckdb")
    monkeypatch.setenv("DECILE_DUCKDB_PATH", str(tmp_path / "warehouse.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "dbt"))
    for as_of in ("2026-07-01 00:00:00", "2026-07-31 12:00:00"):
        built = subprocess.run(
            [
                *(DBT, "--quiet", "build", "--exclude-resource-type", "unit_test", "test"),
                *("--vars", json.dumps({"as_of": as_of})),
            ],
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert built.returncode == 0, built.stdout
    before = scores(tmp_path)
    assert scales(tmp_path) == [("2026-07-01", 1, "first")]

    shutil.rmtree(tmp_path / "dbt")
    done = CliRunner().invoke(app, ["rebase", "--scenario", "default", "--json"])
    assert done.exit_code == 0, done.output
    (counted,) = json.loads(done.stdout)
    after = scores(tmp_path)
    assert scales(tmp_path) == [("2026-07-01", 1, "first"), ("2026-07-31", 2, "command")]
    assert counted["contacts"] == len(before)
    assert counted["changed"] == sum(before[one] != after[one] for one in before) > 100


def scores(folder: Path) -> dict[str, int]:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        return dict(
            connection.execute(
                "select contact_id, lead_score from decile.lead_scores where not is_disqualified"
            ).fetchall()
        )


def scales(folder: Path) -> list[tuple[str, int, str]]:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        return connection.execute(
            "select distinct strftime(based_at, '%Y-%m-%d'), base_number, cause "
            "from decile.score_scale where measure = 'total' order by 2"
        ).fetchall()
