"""Who was forgotten is known by keyed hashes, the same in SQL and in Python."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_project import write_project

from sync.ledger import Ledger, open_ledger, utc_now
from sync.suppression import forgotten_contact, suppression_hash
from sync.warehouse import open_warehouse

KEY = "5eed"
CONTACTS = "(select unnest(['ann', 'ben', null]) as contact_id)"


@pytest.fixture(scope="module")
def hash_sql(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_project(folder)
        with open_warehouse() as (warehouse, _):
            return warehouse.macro_sql("ledger_hash", key="$1", identifier_type="$2", value="$3")


@given(value=st.text().filter(lambda text: "\0" not in text))
def test_sql_and_python_make_the_same_hash(hash_sql: str, value: str) -> None:
    (made,) = duckdb.execute(f"select {hash_sql}", [KEY, "email", value]).fetchall()[0]
    assert made == suppression_hash(KEY, "email", value)


def forgotten(ledger: Ledger) -> list[str]:
    condition = forgotten_contact(ledger.warehouse, "contact_id")
    sql = f"select contact_id from {CONTACTS} where {condition}"
    return [row["contact_id"] for row in ledger.warehouse.rows(sql)]


def test_a_contact_is_forgotten_by_the_hash_of_its_id_and_by_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path)
    with open_warehouse() as (warehouse, _):
        ledger = open_ledger(warehouse, "sandbox")
        assert forgotten(ledger) == []
        with warehouse.transaction():
            warehouse.insert(
                ledger.table("suppression_key"),
                [{"suppression_key": KEY, "recorded_at": utc_now()}],
            )
            warehouse.insert(
                ledger.table("suppressed_identities"),
                [
                    {
                        "identifier_type": identifier_type,
                        "identifier_hash": suppression_hash(KEY, identifier_type, value),
                        "recorded_at": utc_now(),
                    }
                    for identifier_type, value in (("contact_id", "ann"), ("email", "ben"))
                ],
            )
        assert forgotten(ledger) == ["ann"]
