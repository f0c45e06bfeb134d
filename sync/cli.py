"""The command `decile`. Everything slow is imported by the command that needs it.

Exit codes: 0 all well, 1 some rows were rejected or are pending, 2 a setting is wrong, 3 a guard
refused the data, 4 the warehouse is locked or refuses, 5 the destination refuses, 130 Ctrl-C.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from sync.errors import ConfigError, DecileError, WarehouseError

if TYPE_CHECKING:
    from sync.seed_files import RuleProblem

app = typer.Typer(
    help="Plan and send what the scores changed. Start with: decile plan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
check = typer.Typer(help="Check what people write by hand.", no_args_is_help=True)
app.add_typer(check, name="check")

ProjectDir = Annotated[Path, typer.Option(help="Folder of the dbt project.", file_okay=False)]
Target = Annotated[str | None, typer.Option(help="Target in profiles.yml. [default: dbt's]")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
OneSync = Annotated[str | None, typer.Argument(metavar="SYNC", help="One sync. [default: all]")]


@app.command()
def plan(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (Typer reads options off the signature)
    sample: Annotated[int, typer.Option(min=0, help="Changes to show in full.")] = 3,
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show what would be sent, field by field. Sends nothing."""
    from sync import show
    from sync.engine import plan_sync
    from sync.session import connect, open_session

    plans = []
    with command(project_dir), open_session(target) as session:
        for chosen in session.chosen(sync):
            with connect(chosen.meta.destination, aside) as connection:
                made = plan_sync(chosen, session.ledger(connection))
                able, account = connection.destination.capabilities, connection.account
            plans.append(
                show.plan_json(chosen, account, session.warehouse.target, made, able, sample)
            )
            if not as_json:
                show.show_plan(out(), chosen, account, made, able, sample)
    if as_json:
        print_json(plans)


@app.command("sync")
def sync_command(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Send what changed, and write down what came of each row."""
    from sync import show
    from sync.engine import finish_on_interrupt, plan_sync, run_sync
    from sync.session import connect, open_session

    results = []
    codes = [0]
    with command(project_dir), open_session(target) as session, finish_on_interrupt() as stopped:
        for chosen in session.chosen(sync):
            with connect(chosen.meta.destination, aside) as connection:
                session.check_target(connection)
                ledger = session.ledger(connection)
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


@app.command()
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


@app.command()
def explain(
    who: Annotated[str, typer.Argument(help="E-mail, phone, contact id or source:record.")],
    other: Annotated[str | None, typer.Argument(help="Somebody else: one, or two?")] = None,
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show a contact's score and why, its records, and where each value came from. Names it."""
    from sync.explain import explain_one, explain_two
    from sync.session import open_session
    from sync.show_person import show_person, show_two

    with command(project_dir), open_session(target) as session:
        found = explain_two(session, who, other) if other else explain_one(session, who)
    if as_json:
        print_json(found)
    elif other:
        show_two(out(), found)
    else:
        show_person(out(), found)


@app.command()
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


@app.command()
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


@check.command("rules")
def check_rules_command(
    recipe: Annotated[str | None, typer.Option(help="Other rules than those that are on.")] = None,
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Check the scoring rules: names, numbers, bands; once built, whom they hit. Exit 2 if wrong.

    Warnings are about rules that are right and useless, and change no exit code.
    """
    from sync.rule_warnings import file_warnings
    from sync.rules import check_rules

    with command(project_dir):
        if problems := check_rules(Path(), recipe=recipe):
            raise ConfigError(*map(str, problems))
        # What the rules hit is known of those that were built.
        hits = _warehouse_warnings(target) if recipe is None else []
        warnings = [*file_warnings(Path(), recipe), *hits]
    for warning in warnings:
        err().print("[yellow]warning[/]", end=" ")
        err().print(str(warning), markup=False, soft_wrap=True)
    out().print("The scoring rules are well-formed.")


def _warehouse_warnings(target: str | None) -> list[RuleProblem]:
    """Ask the warehouse what the rules hit, where one was built and is free."""
    from sync.rule_warnings import warehouse_warnings
    from sync.session import open_session

    if not (Path(os.environ.get("DBT_TARGET_PATH", "target")) / "manifest.json").exists():
        return []
    try:
        with open_session(target) as session:
            return list(warehouse_warnings(session, Path()))
    except (ConfigError, WarehouseError) as error:
        aside(f"Only the files were checked: {error}")
        return []


@app.command("simulate")
def simulate_command(
    rules: Annotated[Path, typer.Option(help="Folder with changed CSVs of seeds/scoring.")],
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    sample: Annotated[int, typer.Option(min=0, help="Contacts to name.")] = 10,
    show_emails: Annotated[bool, typer.Option(help="Name contacts by e-mail.")] = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show what changed rules would do: who moves, what is sent. Changes nothing."""
    from sync.show_simulation import show_simulation
    from sync.simulate import simulate

    folder = Path(os.path.relpath(rules, project_dir))
    with command(project_dir):
        found = simulate(folder, target=target, movers=sample, tell=aside, emails=show_emails)
    if as_json:
        print_json(found)
    else:
        show_simulation(out(), found)


@app.command()
def rebase(
    scenario: Annotated[str | None, typer.Option(help="One scenario. [default: all]")] = None,
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Draw the 1-100 scale anew, from the contacts that the last build scored."""
    from sync import show_rebase
    from sync.rebase import rebase as draw_anew

    with command(project_dir):
        results = draw_anew(
            scenario,
            target=target,
            tell=lambda scales, as_of: show_rebase.show_intent(err(), scales, as_of),
        )
    if as_json:
        print_json([show_rebase.moved_json(result) for result in results])
    else:
        show_rebase.show_moved(out(), results)


@app.command()
def report(
    show_emails: Annotated[bool, typer.Option(help="Name the hottest leads by e-mail.")] = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show records, deciles, the hottest leads and what was sent, on one screen."""
    from sync.report import show_report
    from sync.session import open_session

    with command(project_dir), open_session(target) as session:
        show_report(out(), session, show_emails=show_emails)


@contextmanager
def command(project_dir: Path) -> Iterator[None]:
    """Work in the project's folder, and turn an error into its message and exit code."""
    # dbt and the paths in profiles.yml count from the working folder.
    started_in = Path.cwd()
    os.chdir(project_dir)
    try:
        yield
    except DecileError as error:
        err().print("[red]error[/]", end=" ")
        err().print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(error.exit_code) from None
    finally:
        os.chdir(started_in)


def aside(line: str) -> None:
    """Print a line that is not part of the result."""
    err().print(line, style="dim", markup=False, soft_wrap=True)


def out() -> Console:
    """Give the console for results."""
    return Console(highlight=False)


def err() -> Console:
    """Give the console for everything else."""
    return Console(stderr=True, highlight=False)


def print_json(document: object) -> None:
    """Print one JSON document, and nothing else."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")
