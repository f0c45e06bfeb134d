"""The commands that plan, send and show what was sent. sync/cli.py gives them their names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from sync.console import (
    AsJson,
    OneSync,
    ProjectDir,
    Target,
    aside,
    command,
    err,
    out,
    print_json,
)
from sync.errors import ConfigError


def plan(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (Typer reads options off the signature)
    sample: Annotated[int, typer.Option(min=0, help="Changes to show in full.")] = 3,
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show what would be sent, field by field. Sends nothing."""
    from sync import gate, show
    from sync.engine import plan_sync
    from sync.session import connect, open_session

    plans = []
    with command(project_dir), open_session(target) as session:
        for chosen in session.chosen(sync):
            with connect(chosen.meta.destination, aside) as connection:
                ledger = session.ledger(connection)
                for problem in gate.problems_of(chosen, ledger):
                    aside(f"{chosen.name}: decile sync would refuse: {problem}")
                made = plan_sync(chosen, ledger)
                able, account = connection.destination.capabilities, connection.account
            plans.append(
                show.plan_json(chosen, account, session.warehouse.target, made, able, sample)
            )
            if not as_json:
                show.show_plan(out(), chosen, account, made, able, sample)
    if as_json:
        print_json(plans)


def sync_command(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    force: Annotated[bool, typer.Option(help="Send although dbt's last build is bad.")] = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Send what changed, and write down what came of each row."""
    from sync import gate, show
    from sync.engine import finish_on_interrupt, plan_sync, run_sync
    from sync.session import connect, open_session

    results = []
    codes = [0]
    with command(project_dir), open_session(target) as session, finish_on_interrupt() as stopped:
        for chosen in session.chosen(sync):
            with connect(chosen.meta.destination, aside) as connection:
                session.check_target(connection)
                ledger = session.ledger(connection)
                gate.refuse_bad_build(chosen, ledger, force=force, tell=aside)
                made = plan_sync(chosen, ledger)
                with show.progress(err(), chosen, len(made.changes)) as advance:
                    result = run_sync(
                        chosen,
                        made,
                        connection.destination,
                        ledger,
                        advance=advance,
                        stopped=stopped,
                    )
            codes.append(result.exit_code)
            results.append(show.result_json(chosen, connection.account, result))
            if not as_json:
                show.show_result(out(), chosen, connection.account, result)
            if stopped():
                break
    if as_json:
        print_json(results)
    raise typer.Exit(max(codes))


def status(
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show the last run of each sync, and how many rows are in each state."""
    from sync import show
    from sync.session import open_session
    from sync.status import read_status

    with command(project_dir), open_session(target) as session:
        rows = read_status(session)
    if as_json:
        print_json(rows)
    else:
        show.show_status(out(), rows)


def validate(
    against: Annotated[
        Path | None, typer.Option(help="An earlier manifest.json: say what changed since.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Check every sync and guard, without a warehouse or a destination."""
    from sync.validate import show_verdict, verdict_json
    from sync.validate import validate as judge

    earlier = against and against.absolute()
    with command(project_dir):
        verdict = judge(target, earlier)
    if as_json:
        print_json(verdict_json(verdict))
    else:
        show_verdict(out(), verdict)
    raise typer.Exit(verdict.exit_code)


def setup(
    destination: Annotated[str, typer.Argument(help="Its name in the exposures, as hubspot.")],
    dry_run: Annotated[bool, typer.Option(help="Only say what is missing.")] = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Create the fields that the syncs write to, where they are missing."""
    from sync import show
    from sync.session import connect, open_session

    with command(project_dir), open_session(target) as session:
        fields = session.fields_for(destination)
        with connect(destination, aside) as connection:
            if not dry_run:
                session.check_target(connection)
            there = connection.destination
            steps = there.plan_setup(fields) if dry_run else there.apply_setup(fields)
        show.show_setup(out(), f"{destination}, account {connection.account}", steps)
        conflicts = [step.name for step in steps if step.action == "conflict"]
        if conflicts:
            raise ConfigError(f"{', '.join(conflicts)}: cannot be used as the table above says")


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")] = 8765,
    state: Annotated[Path | None, typer.Option(help="Its file. [default: under .decile]")] = None,
    project_dir: ProjectDir = Path(),
) -> None:
    """Run a stand-in for HubSpot on this machine, until Ctrl-C."""
    from sync.sandbox import Sandbox, serve
    from sync.session import SANDBOX_STATE

    def announce(running: Sandbox) -> None:
        out().print(f"The sandbox answers at {running.url}, its token is {running.token}.")
        out().print("Commands without HUBSPOT_TOKEN find it there. Ctrl-C ends it.", style="dim")

    with command(project_dir):
        SANDBOX_STATE.parent.mkdir(exist_ok=True)
        records = Path("seeds/demo/raw_hubspot__contact.csv")
        serve(
            port=port,
            state=state or SANDBOX_STATE,
            records=records if records.exists() else None,
            announce=announce,
        )


COMMANDS: dict[str, Callable[..., None]] = {
    "plan": plan,
    "sync": sync_command,
    "status": status,
    "validate": validate,
    "setup": setup,
    "sandbox": sandbox,
}
