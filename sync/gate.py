"""The build gate: nothing is sent from a model whose last build or tests went wrong.

What the last build came to is read off run_results.json, which every command of dbt that runs
something writes anew. decile's own calls of dbt write none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.config import Sync
from sync.errors import BuildError
from sync.ledger import Ledger

RESULTS = "run_results.json"
WELL = {"success", "pass", "warn", "no-op"}
BUILDS = {"build", "run", "retry"}
SHOWN_FAILURES = 5


@dataclass(frozen=True)
class Build:
    """What the last command of dbt came to. Times are UTC without a zone, as in the ledger."""

    command: str
    finished_at: datetime
    statuses: Mapping[str, str]
    relations: Mapping[str, str]
    limited_by: str | None


def build_problems(sync: Sync, results: Path, last_sync: datetime | None) -> list[str]:
    """Say why a sync should not be sent from what dbt built last; nothing where all is well.

    `last_sync` is when the last run of the sync began, if it succeeded; UTC without a zone.
    """
    build = _read(results)
    if build is None:
        return [
            f"dbt has built nothing here that can be judged: {results.name} is missing or broken"
        ]
    included = list(_not_included(sync, build))
    return included or [*_failures(sync, build), *_limits(build), *_age(build, last_sync)]


def problems_of(sync: Sync, ledger: Ledger) -> list[str]:
    """Judge the last build of the project that the ledger belongs to."""
    results = ledger.warehouse.artifacts / RESULTS
    return build_problems(sync, results, last_success(sync, ledger))


def refuse_bad_build(
    sync: Sync, ledger: Ledger, *, force: bool, tell: Callable[[str], None]
) -> None:
    """Raise BuildError where the last build is bad; with `force` only tell what was ignored."""
    if not (problems := problems_of(sync, ledger)):
        return
    if force:
        tell(f"{sync.name}: --force ignores that {'; '.join(problems)}.")
        return
    raise BuildError(
        f"{sync.name}: {'; '.join(problems)}. Nothing was sent. Run: dbt build --select "
        f"+{sync.model} (or send nevertheless: decile sync {sync.name} --force)"
    )


def last_success(sync: Sync, ledger: Ledger) -> datetime | None:
    """Give when the last run of a sync began, if it succeeded; else it may be run again."""
    runs = ledger.warehouse.rows(
        f"""
        select
            min(recorded_at) as began_at,
            max(case when status = 'succeeded' then 1 else 0 end) as has_succeeded
        from {ledger.table("sync_runs")}
        where account = ? and sync_name = ? and coalesce(command, 'sync') = 'sync'
        group by run_id
        order by max(coalesce(run_number, 0)) desc, max(recorded_at) desc
        limit 1
        """,  # noqa: S608  (names of our own tables)
        (ledger.account, sync.name),
    )
    return next((run["began_at"] for run in runs if run["has_succeeded"]), None)


def _read(results: Path) -> Build | None:
    try:
        read: dict[str, Any] = json.loads(results.read_text(encoding="utf-8"))
        finished_at = datetime.fromisoformat(read["metadata"]["generated_at"])
        found = {str(result["unique_id"]): result for result in read["results"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    arguments = read.get("args", {})
    return Build(
        command=str(arguments.get("which", "")),
        finished_at=finished_at.astimezone(UTC).replace(tzinfo=None),
        statuses={name: str(result["status"]) for name, result in found.items()},
        relations={name: str(result.get("relation_name") or "") for name, result in found.items()},
        limited_by=next((name for name in ("empty", "sample") if arguments.get(name)), None),
    )


def _not_included(sync: Sync, build: Build) -> Iterator[str]:
    model = next((name for name in build.statuses if _is_model(name, sync)), None)
    if build.command == "test":
        if not any(_speaks_of(name, sync) for name in build.statuses):
            yield f"the last dbt test had no test of {sync.model}"
    elif build.command not in BUILDS:
        yield f"the last command of dbt was {build.command}, which builds no model"
    elif model is None:
        yield f"the last dbt {build.command} did not include {sync.model}"
    elif (built := _plain(build.relations[model])) and built != _own(sync):
        yield f"the last dbt {build.command} built {sync.model} for another target"


def _is_model(name: str, sync: Sync) -> bool:
    return name in sync.upstream and name.split(".")[-1] == sync.model


def _speaks_of(name: str, sync: Sync) -> bool:
    """Tell whether that is a test of the model or of what it is made of."""
    kind, *place = name.split(".")
    if kind == "unit_test":
        return ".".join(["model", *place[:2]]) in sync.upstream
    return name in sync.checks


def _failures(sync: Sync, build: Build) -> Iterator[str]:
    bad = {
        name: status
        for name, status in build.statuses.items()
        if status not in WELL and (name in sync.upstream or _speaks_of(name, sync))
    }
    # What was skipped was so because of another one's failure: that is the one to look at.
    failed = [name for name, status in bad.items() if status != "skipped"] or list(bad)
    for name in failed[:SHOWN_FAILURES]:
        yield f"{_title(name)}: {bad[name]}"
    if more := len(bad) - len(failed[:SHOWN_FAILURES]):
        yield f"{more} more failed or were skipped"


def _title(name: str) -> str:
    kind, _, *place = name.split(".")
    return f"{kind.replace('_', ' ')} {place[-1] if kind == 'unit_test' else place[0]}"


def _limits(build: Build) -> Iterator[str]:
    if build.limited_by:
        yield f"the last dbt {build.command} was made with --{build.limited_by}: not of all rows"


def _age(build: Build, last_sync: datetime | None) -> Iterator[str]:
    if last_sync and build.finished_at < last_sync:
        yield (
            f"the last dbt {build.command} ended at {build.finished_at:%Y-%m-%d %H:%M} UTC, before "
            f"the last sync at {last_sync:%Y-%m-%d %H:%M}: there is nothing new"
        )


def _own(sync: Sync) -> str:
    return f"{sync.database}.{sync.schema}.{sync.table}".lower()


def _plain(relation: str) -> str:
    return relation.replace('"', "").replace("`", "").lower()
