from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_project import MODEL, SYNC, write_build

from sync.config import Sync, SyncMeta
from sync.gate import build_problems
from sync.ledger import utc_now
from sync.warehouse import quiet_dbt

ABOVE, ELSEWHERE = "model.small.people", "model.small.other"
CHECK, CHECK_ABOVE = "test.small.not_null_key.123", "test.small.unique_people.456"
UNIT_TEST = "unit_test.small.people.the_oldest_record_wins"
A_SYNC = Sync(
    name="crm_people",
    meta=SyncMeta.model_validate(SYNC),
    model="sync_crm__people",
    database="people",
    schema="small",
    table="sync_crm__people",
    types={},
    contact=None,
    fields=(),
    create_fields=(),
    upstream=frozenset({MODEL, ABOVE}),
    checks=frozenset({CHECK, CHECK_ABOVE}),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    return tmp_path


def found(folder: Path, last_sync: datetime | None = None, **build: Any) -> list[str]:
    return build_problems(A_SYNC, write_build(folder, **build), last_sync)


def test_a_build_in_which_all_went_well_is_no_problem(folder: Path) -> None:
    well = {ABOVE: "success", CHECK: "pass", CHECK_ABOVE: "warn", UNIT_TEST: "pass"}
    for command in ("build", "run", "retry"):
        assert found(folder, command=command, statuses=well) == []


@pytest.mark.parametrize(
    ("failed", "title"),
    [
        (ABOVE, "model people"),
        (MODEL, "model sync_crm__people"),
        (CHECK, "test not_null_key"),
        (CHECK_ABOVE, "test unique_people"),
        (UNIT_TEST, "unit test the_oldest_record_wins"),
    ],
)
@pytest.mark.parametrize("status", ["error", "fail", "runtime error", "partial success"])
def test_what_failed_in_the_model_or_above_it_is_named(
    folder: Path, failed: str, title: str, status: str
) -> None:
    assert found(folder, statuses={failed: status}) == [f"{title}: {status}"]


def test_what_failed_elsewhere_is_none_of_its_business(folder: Path) -> None:
    elsewhere = {
        ELSEWHERE: "error",
        "test.small.unique_other.789": "fail",
        "unit_test.small.other.a_sentence": "fail",
        "exposure.small.crm_people": "skipped",
    }
    assert found(folder, statuses=elsewhere) == []


def test_of_a_chain_that_broke_the_first_link_is_named(folder: Path) -> None:
    broken = {ABOVE: "error", CHECK_ABOVE: "skipped", MODEL: "skipped", CHECK: "skipped"}
    assert found(folder, statuses=broken) == [
        "model people: error",
        "3 more failed or were skipped",
    ]
    assert found(folder, statuses={MODEL: "skipped"}) == ["model sync_crm__people: skipped"]


def test_a_build_that_left_the_model_out_says_nothing_of_it(folder: Path) -> None:
    path = write_build(folder, relation="")
    path.write_text(path.read_text().replace(MODEL, ELSEWHERE))
    assert build_problems(A_SYNC, path, None) == [
        "the last dbt build did not include sync_crm__people"
    ]


@pytest.mark.parametrize("command", ["compile", "generate", "seed", "run-operation", "clone"])
def test_a_command_that_builds_no_model_is_no_build(folder: Path, command: str) -> None:
    (problem,) = found(folder, command=command)
    assert problem == f"the last command of dbt was {command}, which builds no model"


def test_tests_alone_stand_for_the_build(folder: Path) -> None:
    assert found(folder, command="test", statuses={CHECK: "pass"}) == []
    assert found(folder, command="test", statuses={CHECK: "fail"}) == ["test not_null_key: fail"]
    assert found(folder, command="test", statuses={UNIT_TEST: "pass"}) == []
    assert found(folder, command="test", statuses={"test.small.unique_other.789": "pass"}) == [
        "the last dbt test had no test of sync_crm__people"
    ]


def test_a_build_for_another_target_is_none_for_this(folder: Path) -> None:
    (problem,) = found(folder, relation='"people"."staging"."sync_crm__people"')
    assert problem == "the last dbt build built sync_crm__people for another target"
    assert found(folder, relation="`people`.`small`.`SYNC_CRM__PEOPLE`") == []


@pytest.mark.parametrize("option", ["empty", "sample"])
def test_a_build_of_a_part_of_the_rows_is_refused(folder: Path, option: str) -> None:
    (problem,) = found(folder, arguments={option: True})
    assert problem == f"the last dbt build was made with --{option}: not of all rows"


def test_a_build_from_before_the_last_sync_brings_nothing_new(folder: Path) -> None:
    began = utc_now()
    earlier, later = (began + timedelta(minutes=minutes) for minutes in (-5, 5))
    zone = "+00:00"
    older = found(folder, began, ended_at=datetime.fromisoformat(f"{earlier}{zone}"))
    assert len(older) == 1
    assert older[0].startswith("the last dbt build ended at ")
    assert "before the last sync" in older[0]
    assert found(folder, began, ended_at=datetime.fromisoformat(f"{later}{zone}")) == []


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"metadata": {}, "results": 1}'])
def test_without_results_nothing_is_known(folder: Path, content: str | None) -> None:
    path = folder / "target" / "run_results.json"
    if content is not None:
        path.write_text(content)
    (problem,) = build_problems(A_SYNC, path, None)
    assert (
        problem
        == "dbt has built nothing here that can be judged: run_results.json is missing or broken"
    )


def test_calls_of_dbt_by_decile_leave_the_results_of_the_last_build_alone() -> None:
    assert "--no-write-json" in quiet_dbt(None)
