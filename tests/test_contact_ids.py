"""Contact ids outlive rebuilds, re-ordered input and sources that are off for a while."""

from __future__ import annotations

import json
import os
import shutil
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pytest
from dbt.adapters.factory import FACTORY
from dbt.cli.main import dbtRunner

from tests.test_each_source_alone import SOURCES

pytestmark = pytest.mark.long
QUIETLY = ("--log-level", "none", "--log-level-file", "none", "--no-write-json")
IDENTITY = ("+contact_merges", "+contact_splits")
NAMES = ("young", "middle", "old")  # not known for equally long: the oldest id survives


@cache
def parsed(sources: tuple[str, ...]) -> Any:
    """Parse the project once for each choice of sources: it takes longer than a build.

    What no build here runs is left out: each copies the rest, and orders it anew.
    """
    project_vars = json.dumps({"sources": sources})
    manifest: Any = dbtRunner().invoke(["parse", *QUIETLY, "--vars", project_vars]).result
    manifest.unit_tests.clear()
    manifest.exposures.clear()
    for key, node in list(manifest.nodes.items()):
        if hasattr(node, "test_metadata"):
            del manifest.nodes[key]
    manifest.build_parent_and_child_maps()
    return manifest


def dbt(folder: Path, *arguments: str, sources: tuple[str, ...], as_of: str) -> None:
    """Run dbt in process on a warehouse of its own, and let go of the file."""
    settings = {
        "DECILE_TARGET": "duckdb",
        "DECILE_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder),
    }
    with mock.patch.dict(os.environ, settings):
        project_vars = json.dumps({"sources": sources, "as_of": as_of})
        # A copy: a build leaves its SQL in the manifest, and the next one would take it on.
        runner = dbtRunner(manifest=deepcopy(parsed(sources)))
        result = runner.invoke([*arguments, *QUIETLY, "--vars", project_vars])
    adapter: Any
    (adapter,) = FACTORY.adapters.values()
    adapter.ConnectionManager.env().close()
    adapter.ConnectionManager.close_all_connections()
    FACTORY.reset_adapters()
    assert result.success, result.exception or [
        (each.node.name, each.message)
        # dbt types the result of every command at once; that of a build is a list.
        for each in result.result
        if each.status not in ("success", "pass", "skipped")
    ]


@dataclass
class Company:
    """The sample in a warehouse of its own; each build is a day later than the one before."""

    folder: Path
    day: int = 0

    def build(
        self, *arguments: str, sources: list[str] | None = None, with_seeds: bool = False
    ) -> None:
        self.day += 1
        # Seeds are loaded on the first day: later ones change the raw tables themselves.
        without = ["unit_test", *(["seed"] if self.day > 1 and not with_seeds else [])]
        options = [word for kind in without for word in ("--exclude-resource-type", kind)]
        names = sources or SOURCES
        others = [f"path:seeds/demo/raw_{name}__*" for name in SOURCES if name not in names]
        exclude = ["--exclude", "test_type:generic", *others]
        # Cautious: a test of the whole sample asks for models that are not built here.
        selection = ["--indirect-selection", "cautious", "--select", *IDENTITY, *arguments]
        dbt(
            self.folder,
            *("build", *options, *selection, *exclude),
            sources=tuple(names),
            as_of=f"2026-07-{self.day:02} 00:00:00",
        )

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.folder / "warehouse.duckdb")) as database:
            return database.execute(statement, list(values)).fetchall()

    def ids(self) -> dict[object, object]:
        rows = self.sql(
            "select record_key, contact_id from decile_identity.identity_contacts where is_contact"
        )
        return {key: contact for key, contact in rows}

    def registry(self) -> list[tuple[object, ...]]:
        return self.sql("select * from decile_identity.contact_registry order by all")

    def merges(self) -> list[tuple[object, ...]]:
        return self.sql(
            "select merged_contact_id, contact_id, current_contact_id, day(merged_at) "
            "from decile_identity.contact_merges order by merged_at"
        )

    def splits(self) -> list[tuple[object, ...]]:
        return self.sql(
            "select contact_id, new_contact_id, day(split_at) "
            "from decile_identity.contact_splits order by split_at"
        )

    def shuffle(self) -> None:
        tables = self.sql(
            "select table_name from information_schema.tables where table_schema = 'decile_demo'"
        )
        for (table,) in tables:
            name = f"decile_demo.{table}"
            self.sql(f"create or replace table {name} as from {name} order by random()")

    def sign_in(self, browser: str, name: str) -> None:
        """Let somebody sign in on a browser."""
        day = f"2026-0{6 - NAMES.index(name)}-01 10:00:00"
        self.sql(
            "insert into decile_demo.raw_web__identifies "
            "(id, anonymous_id, email, identified_at, received_at) values (?, ?, ?, ?, ?)",
            *(f"{browser}-{name}", f"browser of {browser}", f"{name}@signed-in.test", day, day),
        )


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Company:
    company = Company(tmp_path_factory.mktemp("first"))
    company.build()
    return company


@pytest.fixture
def company(first_day: Company, tmp_path: Path) -> Company:
    shutil.copy(first_day.folder / "warehouse.duckdb", tmp_path)
    return Company(tmp_path, day=1)


def test_a_full_refresh_changes_no_id(company: Company) -> None:
    before = company.registry()
    company.build("--full-refresh")

    assert len(before) > 5_000
    assert company.registry() == before
    assert company.merges() == company.splits() == []


def test_ids_do_not_depend_on_the_order_of_rows(company: Company) -> None:
    before = company.registry()
    company.shuffle()
    company.build()
    assert company.registry() == before

    company.sql("drop table decile_identity.contact_registry")
    given = {row[0]: row[1] for row in before}
    company.build()
    assert company.ids() == given


def test_ids_survive_a_source_switched_off_and_on(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.build(sources=["hubspot", "web"])
    company.build(with_seeds=True)
    before = company.ids()

    for source in ("hubspot", "web"):
        company.build(sources=[name for name in SOURCES if name != source])
        off = company.ids()
        assert off.items() != before.items()
        company.build()
        assert company.ids() == before
    # What parted while a source was off went back into the contact it had left.
    parted = {(new, left) for left, new, _ in company.splits()}
    assert parted
    assert parted >= {(merged, into) for merged, into, _, day in company.merges() if day > 2}
    assert all(into == today for _, into, today, _ in company.merges())


def test_merges_lead_to_the_contact_of_today_until_they_part(company: Company) -> None:
    for name in NAMES:
        company.sign_in(name, name)
    company.build()
    young, middle, old = (company.ids()[f"web:{name}-{name}"] for name in NAMES)
    assert len({young, middle, old}) == 3

    company.sign_in("young", "middle")
    company.build()
    company.sign_in("middle", "old")
    company.build()
    assert set(company.merges()) == {(young, middle, old, 3), (middle, old, old, 4)}
    assert company.splits() == []

    company.sql("delete from decile_demo.raw_web__identifies where id = 'middle-old'")
    company.build()
    assert company.ids()["web:young-young"] == middle
    assert company.ids()["web:old-old"] == old
    assert set(company.merges()) == {(young, middle, middle, 3), (middle, old, middle, 4)}
    assert company.splits() == [(old, middle, 5)]


def test_a_record_that_was_away_leaves_no_row(company: Company) -> None:
    company.sign_in("old", "old")
    company.build()
    before = company.registry()
    company.sql("create table decile_demo.kept as from decile_demo.raw_web__identifies")
    company.sql("delete from decile_demo.raw_web__identifies where id = 'old-old'")
    company.build()
    assert "web:old-old" not in company.ids()

    company.sql("create or replace table decile_demo.raw_web__identifies as from decile_demo.kept")
    company.build()
    assert company.registry() == before
    assert company.merges() == company.splits() == []
