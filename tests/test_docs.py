"""What documents show is what commands print, and docs/sources.md is done word for word."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from bench.readme import DOCUMENTS, blocks
from sync.cli import app

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
SECTION = TEXT.split("## Adding a source\n", 1)[1].split("\n## ", 1)[0]
FILES = dict(re.findall(r"^`([^`\n]+)`\n\n```\w+\n(.*?)^```$", SECTION, re.M | re.S))
COMMANDS = re.findall(r"^```console\n(.*?)^```$", SECTION, re.M | re.S)

# What a new source passes through, without the tests of the models, which run elsewhere: to
# read the rest of the project would cost many seconds.
COPIED = (
    "macros", "models/staging/_shapes.md", "models/identity", "models/contacts", "tests/generic",
    "seeds/policy", "seeds/scoring", "dbt_project.yml", "profiles.yml",
)  # fmt: skip


def test_what_documents_show_is_pasted_from_commands_that_exist() -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands
                if command.callback}  # fmt: skip
    shown = [found for path in DOCUMENTS for found in blocks(path.read_text(encoding="utf-8"))]
    said = {command.split()[0] for command, _ in shown}
    modules = {"bench.faulty_run", "bench.lifecycle"}
    assert said == {"audiences", "report", "explain", "simulate", *modules}
    assert said <= commands | modules
    assert all(text.startswith("```\n") and text.count("\n") > 10 for _, text in shown)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in COPIED:
        source, copy = ROOT / name, tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("*.yml") if name.startswith("models") else None
            shutil.copytree(source, copy, ignore=ignored)
        else:
            shutil.copy(source, copy)
    for name in ("DECILE_TARGET", "DECILE_DUCKDB_PATH", "DBT_TARGET_PATH", "DBT_LOG_PATH"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(path: Path, text: str) -> None:
    """Write a file of the document: a new one, lines to a table, or settings among others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        text = path.read_text() + text
    elif path.name == "dbt_project.yml":
        settings = yaml.safe_load(path.read_text())
        told = yaml.safe_load(text)["vars"]
        told["source_shapes"] = settings["vars"]["source_shapes"] | told["source_shapes"]
        settings["vars"] |= told
        text = yaml.safe_dump(settings)
    else:
        assert not path.exists()
    path.write_text(text, encoding="utf-8")


@pytest.mark.long
def test_a_source_is_added_as_the_document_says(project: Path) -> None:
    for name, text in FILES.items():
        write(project / name, text)
    with duckdb.connect(str(project / "warehouse.duckdb")) as database:
        database.execute("create schema surveys")
        database.execute(
            "create table surveys.answers as select 7 as id, ' Ann@Example.com' as email,"
            " '020 7946 0018' as phone, 'UK' as country, timestamp '2026-06-01' as answered_at,"
            " timestamp '2026-06-02' as loaded_at"
        )
    for command in COMMANDS[0].splitlines():
        program, *arguments = shlex.split(command)
        run = subprocess.run(
            [Path(sys.executable).with_name(program), "--quiet", "--no-use-colors", *arguments],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert "| ann@example.com | +442079460018 | surveys |" in run.stdout
