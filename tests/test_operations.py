"""The clock that the models over the ledger read, whatever zone the machine is set to."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from jinja2 import Environment

FILE = Path(__file__).parents[1] / "macros" / "dispatch" / "now_utc.sql"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_present_is_utc_without_a_zone(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    macros: Any = Environment().from_string(FILE.read_text(encoding="utf-8")).module  # noqa: S701  (makes SQL, not HTML)
    with duckdb.connect() as connection:
        found = connection.execute(f"select {macros.default__now_utc()}").fetchone()
    assert found is not None
    assert abs(found[0] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)
    monkeypatch.undo()
    time.tzset()
