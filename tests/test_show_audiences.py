from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from small_project import write_people, write_project
from typer.testing import CliRunner, Result

from sync.cli import app

TABLES = {
    "audience_sizes": """
        select * from (values ('carts', 'C', 1300, 1200, 120, 7, 3), ('none', 'N', 0, 0, 0, 0, 0))
            as t (audience, label, candidates, members, held_out, entered_7d, left_7d)""",
    "audience_overlaps": """
        select * from (values ('carts', 'hot', 5, 0.1), ('hot', 'carts', 5, 0.5))
            as t (audience, other_audience, shared_members, share_of_audience)""",
    "audience_lift": """
        select * from (values ('carts', 'all', false, 1000, 50, 0.05, 0.02, 2.50),
            ('carts', 'holdout', true, 100, 2, 0.02, 0.02, 1.00),
            ('win', 'news', false, 10, 1, 0.1, null, null))
            as t (audience, arm, is_holdout, entries, converted, conversion_rate, holdout_rate,
                lift)""",
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    database = write_project(tmp_path)
    write_people(database)
    for table in TABLES:
        (tmp_path / "models" / f"{table}.sql").write_text("select 1 as one")
    return database


def audiences(database: Path, *arguments: str, **changes: str) -> Result:
    with duckdb.connect(database) as connection:
        for table, query in (TABLES | changes).items():
            connection.execute(f"create table small.{table} as {query}")
    arguments = ("audiences", "--project-dir", str(database.parent), *arguments)
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})


def test_audiences_are_shown_with_what_they_share_and_what_comes_of_them(database: Path) -> None:
    printed = audiences(database)
    lines = [" ".join(line.split()) for line in printed.stdout.splitlines()]
    for line in (
        "carts 1,200 120 7 3",
        "none 0 0 0 0",
        "carts and hot 5",
        "carts 1,000 50 5.0% 2.50×",
        "carts, holdout 100 2 2.0% –",
        "win, news 10 1 10.0% –",
    ):
        assert line in lines
    assert (printed.exit_code, lines.count("carts and hot 5")) == (0, 1)


def test_audiences_that_share_nobody_say_so(database: Path) -> None:
    nobody = TABLES["audience_overlaps"] + " where false"
    assert "Nobody." in audiences(database, audience_overlaps=nobody).stdout


def test_audiences_come_as_one_document(database: Path) -> None:
    found = json.loads(audiences(database, "--json").stdout)
    assert {name: len(rows) for name, rows in found.items()} == {
        "sizes": 2, "overlaps": 2, "lift": 3
    }  # fmt: skip
