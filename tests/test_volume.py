"""Ten thousand rows take the calls that the table says; a published limit is used, not tripped."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from stand_ins import CASES, StandIn, change, standing_in

from sync.sandbox import Limit

ROWS = 10_000
# APIs of one row a call are counted on fewer rows: it is the same loop.
FEW = 200

# Calls and seconds, by what the vendors publish. Who is not here publishes no rate.
PUBLISHED = {
    "activecampaign": Limit(5, 1.0),
    "brevo": Limit(10, 1.0),
    "google_ads": Limit(300, 60.0),
    "google_sheets": Limit(100, 60.0),
    "hubspot": Limit(100, 10.0),
    "marketo": Limit(100, 20.0),
    "pipedrive": Limit(20, 2.0),
    "slack": Limit(1, 1.0),
}


pytestmark = pytest.mark.long


@pytest.fixture(params=sorted(CASES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def push(there: StandIn, name: str, rows: int, *, batch: int | None = None) -> set[str]:
    """Write rows in batches; give the statuses that came."""
    size = batch or there.destination.capabilities.max_batch
    numbers = iter(range(1, rows + 1))
    statuses = set()
    while chunk := list(itertools.islice(numbers, size)):
        outcomes = there.destination.push([change(name, number) for number in chunk])
        statuses |= {outcome.status for outcome in outcomes}
    return statuses


def test_ten_thousand_rows_take_the_calls_that_the_table_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    able = CASES[name].capabilities
    size = able.rows_per_call or able.max_batch
    rows = ROWS if size > 1 else FEW
    with standing_in(name, tmp_path, monkeypatch, people=rows, with_contract=False) as there:
        there.destination.apply_setup(CASES[name].fields)
        assert push(there, name, rows) == {"accepted"}
        writes = there.writes()
    assert sum(call["rows"] for call in writes) == rows
    assert len(writes) <= -(-rows // size)


@pytest.mark.parametrize(
    "name", [name for name, one in CASES.items() if one.destination in PUBLISHED]
)
def test_a_published_limit_is_used_and_not_tripped(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = PUBLISHED[CASES[name].destination]
    assert limit.calls
    rows = 3 * limit.calls
    with standing_in(
        name, tmp_path, monkeypatch, limit, people=rows, as_published=True, with_contract=False
    ) as there:
        there.destination.apply_setup(CASES[name].fields)
        started, before = sum(there.naps), len(there.get("calls")["calls"])
        assert push(there, name, rows, batch=1) == {"accepted"}
        calls = there.get("calls")["calls"][before:]
    assert {call["status"] for call in calls} <= {200, 201, 202, 204, 207}
    # The first window is free: its calls may all be made at once.
    windows = len(calls) / limit.calls
    assert sum(there.naps) - started <= windows * limit.seconds / 0.9
