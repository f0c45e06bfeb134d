"""The linter bites, and what it cannot see is checked here: columns, portable SQL."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BAD_STYLE = ROOT / "tests/lint/bad_style.sql"
NOT_PORTABLE = ROOT / "tests/lint/not_portable.sql"
MAX_COLUMNS = 88
MAX_COLUMNS_OF_A_MACRO = 100  # as for Python: most of it is Jinja

RULES_THAT_MUST_BITE = {
    "aliasing.column",
    "aliasing.expression",
    "aliasing.length",
    "aliasing.table",
    "aliasing.unused",
    "ambiguous.column_references",
    "ambiguous.join",
    "capitalisation.functions",
    "capitalisation.identifiers",
    "capitalisation.keywords",
    "capitalisation.literals",
    "capitalisation.types",
    "convention.casting_style",
    "convention.count_rows",
    "convention.is_null",
    "convention.not_equal",
    "convention.select_trailing_comma",
    "layout.commas",
    "layout.cte_bracket",
    "layout.cte_newline",
    "layout.indent",
    "layout.select_targets",
    "layout.spacing",
    "structure.join_condition_order",
    "structure.subquery",
}

# What PostgreSQL, DuckDB or Spark would refuse, or what reads badly, by the reason why.
FORBIDDEN = {
    "qualify is not PostgreSQL": r"\bqualify\b",
    "cast() instead of ::": r"::",
    "case instead of filter (where)": r"\bfilter\s*\(\s*where\b",
    "name the columns instead of excluding some": r"\*\s*(exclude|except|replace)\b",
    "rank by counting: ntile splits ties": r"\bntile\s*\(",
    "import the model in a CTE, then join": r"\bjoin\s*\{\{\s*(ref|source)\b",
    "name the CTE for its rows": r"^(base|final|cte\d*|tmp|temp)\s+as\s*\(",
    "lists are not portable": r"\b(list|array)_\w+\s*\(",
}


def without_comments(sql: str) -> str:
    """Blank Jinja and SQL comments, keeping the line numbers."""
    sql = re.sub(r"\{#.*?#\}", lambda found: "\n" * found[0].count("\n"), sql, flags=re.S)
    return re.sub(r"--.*", "", sql)


def long_lines(sql: str, limit: int = MAX_COLUMNS) -> list[int]:
    return [number for number, line in enumerate(sql.splitlines(), 1) if len(line) > limit]


def forbidden_in(sql: str) -> set[str]:
    text = without_comments(sql)
    return {reason for reason, bad in FORBIDDEN.items() if re.search(bad, text, re.I | re.M)}


def sql_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.sql"))]
    return [path for path in found if (ROOT / "tests/lint") not in path.parents]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_rule_bites_on_the_bad_file() -> None:
    command = ["lint", "--templater", "raw", "--format", "json", "--disregard-sqlfluffignores"]
    lint = subprocess.run(
        [sys.executable, "-m", "sqlfluff", *command, str(BAD_STYLE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 1, lint.stderr
    bitten = {violation["name"] for violation in json.loads(lint.stdout)[0]["violations"]}
    assert bitten >= RULES_THAT_MUST_BITE, RULES_THAT_MUST_BITE - bitten


def test_every_check_of_this_file_bites() -> None:
    sql = NOT_PORTABLE.read_text()
    assert forbidden_in(sql) == set(FORBIDDEN)
    assert long_lines(sql) == [14]


def test_comments_are_not_taken_for_sql() -> None:
    assert forbidden_in("select 1 -- no qualify here\n{# a::b #}") == set()


def test_lines_fit_their_columns() -> None:
    too_long = {path: long_lines(path.read_text()) for path in sql_files("models", "tests")}
    too_long |= {
        path: long_lines(path.read_text(), MAX_COLUMNS_OF_A_MACRO) for path in sql_files("macros")
    }
    assert {named(path): lines for path, lines in too_long.items() if lines} == {}


def test_sql_is_portable_and_plain() -> None:
    files = sql_files("models", "tests")
    refused = {named(path): forbidden_in(path.read_text()) for path in files}
    assert {path: reasons for path, reasons in refused.items() if reasons} == {}


def test_no_engine_is_asked_for_by_name_outside_the_dispatch_folder() -> None:
    asks = re.compile(r"adapter\.dispatch|target\.type")
    files = sql_files("models", "macros", "tests")
    outside = [path for path in files if (ROOT / "macros/dispatch") not in path.parents]
    assert [named(path) for path in outside if asks.search(path.read_text())] == []
