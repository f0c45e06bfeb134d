"""The command `decile`. Everything slow is imported by the command that needs it.

Exit codes: 0 all well, 1 some rows were rejected or are pending, 2 a setting is wrong, 3 a guard
refused the data, 4 the warehouse is locked or refuses, 5 the destination refuses, 130 Ctrl-C.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync import cli_collect, cli_sync
from sync.console import AsJson, ProjectDir, Target, aside, command, err, out, print_json
from sync.errors import ConfigError, WarehouseError

if TYPE_CHECKING:
    from sync.seed_files import RuleProblem

app = typer.Typer(
    help="Plan and send what the scores changed. Start with: decile plan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for name, run in cli_sync.COMMANDS.items():
    app.command(name)(run)
app.command()(cli_collect.collect)


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


@app.command("check")
def check_command(
    what: Annotated[str, typer.Argument(help="rules, or a destination, as hubspot.")],
    recipe: Annotated[str | None, typer.Option(help="Of rules: others than those on.")] = None,
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Check the scoring rules, or a destination: its token, its rights, its fields.

    Of rules: names, numbers, bands; once built, whom they hit. Warnings are about rules that are
    right and useless, and change no exit code. A destination is only read. Exit 2 if wrong.
    """
    if what == "rules":
        _check_rules(recipe, project_dir, target)
    elif recipe:
        with command(project_dir):
            raise ConfigError(f"--recipe goes with rules, not with {what!r}")
    else:
        cli_sync.check_destination(what, project_dir, target)


def _check_rules(recipe: str | None, project_dir: Path, target: str | None) -> None:
    from sync.audience_seeds import check_audiences
    from sync.policy_rules import check_policies
    from sync.rule_warnings import file_warnings
    from sync.rules import check_rules

    with command(project_dir):
        for check in (check_rules, check_policies, check_audiences):
            if problems := check(Path(), recipe=recipe):
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
def audiences(
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show how many are in each audience, in two of them, and what came of it. Names nobody."""
    from sync.session import open_session
    from sync.show_audiences import read_audiences, show_audiences

    with command(project_dir), open_session(target) as session:
        found = read_audiences(session)
    if as_json:
        print_json(found)
    else:
        show_audiences(out(), found)


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
