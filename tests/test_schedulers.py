"""What docs/schedulers.md promises to a scheduler: codes, keys, and examples that parse."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from small_project import MODEL, SYNC

from sync import errors
from sync.config import Project, Sync, SyncMeta
from sync.engine import Result
from sync.errors import BuildError, DecileError
from sync.planner import Plan
from sync.show import failed_json, result_json
from sync.validate import Verdict, verdict_json

TEXT = (Path(__file__).parents[1] / "docs" / "schedulers.md").read_text(encoding="utf-8")
A_SYNC = Sync(
    name="crm_people",
    meta=SyncMeta.model_validate(SYNC),
    model=MODEL.rpartition(".")[2],
    database="people",
    schema="small",
    table="sync_crm__people",
    types={},
    contact=None,
    fields=(),
    create_fields=(),
)
NOWHERE: Any = None
RUN = result_json(Result("a run", Plan(A_SYNC, "sandbox", NOWHERE, "none")))
REFUSED = failed_json(A_SYNC, BuildError("the build failed"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.M | re.S)


def subscripts(code: str, name: str) -> set[str]:
    """The keys that a program takes for granted in a dictionary of that name."""
    return {
        node.slice.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and isinstance(node.slice, ast.Constant)
    }


def all_errors(kind: type[DecileError] = DecileError) -> Iterator[type[DecileError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from all_errors(one)


def test_the_result_that_is_shown_has_keys_that_a_run_has() -> None:
    (shown,) = json.loads(blocks("json")[0])
    assert shown.keys() <= RUN.keys()
    assert list(shown) == [key for key in RUN if key in shown]
    assert REFUSED == {"sync": "crm_people", "status": "failed", "error": "the build failed"}
    assert "syncs[].sync" in TEXT
    assert "sync" in verdict_json(Verdict(Project([A_SYNC], (), ()), ()))["syncs"][0]


def test_every_code_that_an_error_ends_with_is_explained() -> None:
    explained = {int(code) for code in re.findall(r"\b\d+\b", " ".join(codes()))}
    assert {kind.exit_code for kind in all_errors()} | {0, 130, 143} == explained
    assert errors.LeaseHeld.exit_code == errors.WarehouseError.exit_code


def codes() -> list[str]:
    return re.findall(r"^\| ([\d, ]+) \|", TEXT, re.M)


def test_the_programs_parse_and_take_for_granted_only_what_every_entry_has() -> None:
    airflow, dagster = blocks("python")
    for code in (airflow, dagster):
        assert subscripts(code, "result") <= REFUSED.keys() & RUN.keys()
        assert "TRY_AGAIN = {1, 4, 5, 130, 143}" in code
    (told,) = re.findall(r"told = (\(.*?\))", dagster)
    assert set(ast.literal_eval(told)) <= RUN.keys()


def test_the_line_for_cron_is_a_shell_command() -> None:
    (table,) = re.findall(r"^```\n(MAILTO.*?)^```$", TEXT, re.M | re.S)
    command = shlex.split(table.splitlines()[-1])[5:]
    assert command[:3] == ["cd", "/srv/decile", "&&"]
    assert subprocess.run(["/bin/sh", "-n", "-c", command[-1]], check=False).returncode == 0
