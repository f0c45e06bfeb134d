"""A copy of the project whose seeds are changed as a user would, built on data of one's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COPIED = ("macros", "models", "seeds", "dbt_project.yml", "profiles.yml")


def copy_project(folder: Path) -> None:
    """Copy what dbt reads into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)


def build(project: Path, database: Path, *, select: str, project_vars: dict[str, Any]) -> None:
    """Build the models and seeds selected into a DuckDB file; raise if that fails."""
    settings = {
        "DECILE_TARGET": "duckdb",
        "DECILE_DUCKDB_PATH": str(database),
        "DBT_TARGET_PATH": str(project / "target"),
        "DBT_LOG_PATH": str(project / "logs"),
    }
    kinds = ["--resource-type", "model", "--resource-type", "seed"]
    subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", *kinds]
        + ["--select", select, "--vars", json.dumps(project_vars)],
        cwd=project,
        env=os.environ | settings,
        check=True,
    )
