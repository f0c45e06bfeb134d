"""Check every sync and guard of a project without a warehouse, as a pull request is checked."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from sync.config import Project, read_project
from sync.destinations import DESTINATIONS
from sync.errors import ConfigError
from sync.manifest_changes import Change, changes_between
from sync.warehouse import read_manifest


@dataclass(frozen=True)
class Verdict:
    """What was found. `changes` are those since an earlier manifest, if one was given."""

    project: Project
    changes: tuple[Change, ...]

    @property
    def exit_code(self) -> int:
        """A change by itself is no mistake."""
        return ConfigError.exit_code if self.project.problems else 0


def validate(target: str | None, against: Path | None = None) -> Verdict:
    """Read the project in the working folder. Raises ConfigError where dbt cannot."""
    earlier = _earlier(against) if against else None
    manifest = read_manifest(target)
    changes = changes_between(earlier, manifest) if earlier is not None else []
    return Verdict(read_project(manifest, DESTINATIONS), tuple(changes))


def _earlier(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not {"nodes", "exposures"} <= set(found):
        raise ConfigError(f"{path.name} is no manifest of dbt; one is target/manifest.json")
    return found


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Give the verdict as one document."""
    return {
        "syncs": [
            {
                "sync": sync.name,
                "model": sync.model,
                "destination": sync.meta.destination,
                "object": sync.meta.object,
                "mode": sync.meta.mode,
                "fields": len(sync.fields) + len(sync.create_fields),
                "guards": [g.name for g in verdict.project.guards if g.concerns(sync.name)],
            }
            for sync in verdict.project.syncs
        ],
        "problems": list(verdict.project.problems),
        "changes": [asdict(change) for change in verdict.changes],
    }


def show_verdict(console: Console, verdict: Verdict) -> None:
    """Print the verdict: a line for each sync, mistake and change."""

    def say(line: str, style: str = "") -> None:
        console.print(line, style=style, markup=False, soft_wrap=True)

    for sync in verdict_json(verdict)["syncs"]:
        place = f"{sync['destination']} {sync['object']}"
        guards = f"guarded by {', '.join(sync['guards'])}" if sync["guards"] else "no guard model"
        say(
            f"{sync['sync']}: {sync['model']} to {place}, mode {sync['mode']}, "
            f"{sync['fields']} fields, {guards}"
        )
    for change in verdict.changes:
        say(f"changed  {change}", "yellow")
    for problem in verdict.project.problems:
        say(f"mistake  {problem}", "red")
    if not verdict.project.problems:
        say("No mistakes.", "green")
