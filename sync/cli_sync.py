"""The commands that plan, send and show what was sent. sync/cli.py gives them their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.console import (
    AsJson,
    OneSync,
    ProjectDir,
    Target,
    Wait,
    aside,
    command,
    err,
    out,
    print_json,
    show_error,
)
from sync.errors import ConfigError, DecileError, DestinationError

if TYPE_CHECKING:
    from sync.config import Sync
    from sync.engine import Result
    from sync.session import Session

Full = Annotated[bool, typer.Option("--full", help="Send what is unchanged too.")]
Force = Annotated[bool, typer.Option("--force", help="Send although dbt's last build is bad.")]
Moved = Annotated[
    bool, typer.Option("--moved", help="The place is the same one under another name or address.")
]
Personal = Annotated[
    bool, typer.Option("--show-personal", help="Show e-mails, phones, names and the like too.")
]
Allow = Annotated[
    list[str], typer.Option(help="Let a guard's number through: removed=120, chk_x=3.")
]


def plan(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (Typer reads options off the signature)
    full: Full = False,  # noqa: FBT002  (as above: Typer)
    sample: Annotated[int, typer.Option(min=0, help="Changes to show in full.")] = 3,
    show_all: Annotated[bool, typer.Option("--all", help="Show every change.")] = False,  # noqa: FBT002  (as above: Typer)
    personal: Personal = False,  # noqa: FBT002  (as above: Typer)
    allow: Allow = [],  # noqa: B006  (as above: Typer; nobody writes to it)
    moved: Moved = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show what would be sent, field by field. Sends nothing."""
    from sync import gate, show
    from sync.plan_guards import parse_allowed
    from sync.session import connect, open_session

    plans = []
    with command(project_dir), open_session(target) as session:
        allowed = parse_allowed(allow)
        for chosen in session.chosen(sync):
            with connect(chosen.meta.destination, chosen.goes_to, aside) as connection:
                for problem in gate.problems_of(chosen, session.ledger(connection)):
                    aside(f"{chosen.name}: decile sync would refuse: {problem}")
                try:
                    session.place(chosen, connection, moved=moved, tell=aside)
                except DestinationError as error:  # a plan needs no network
                    aside(f"{chosen.name}: whose account it is could not be asked: {error}")
                made = session.plan(chosen, connection, full=full, allowed=allowed)
                able = connection.destination.capabilities
            shown = made.to_send if show_all else sample
            if as_json:
                here = session.warehouse.target
                plans.append(show.plan_json(made, here, able, shown, personal=personal))
            else:
                show.show_plan(out(), made, able, shown, personal=personal)
    if as_json:
        print_json(plans)


def sync_command(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    force: Force = False,  # noqa: FBT002  (as above: Typer)
    full: Full = False,  # noqa: FBT002  (as above: Typer)
    allow: Allow = [],  # noqa: B006  (as above: Typer; nobody writes to it)
    moved: Moved = False,  # noqa: FBT002  (as above: Typer)
    wait: Wait = 0,
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Send what changed, and write down what came of each row."""
    from sync.plan_guards import parse_allowed

    with command(project_dir):
        allowed = parse_allowed(allow)
        options = {"full": full, "allowed": allowed}
        how = How(command="sync", force=force, moved=moved, wait=wait)
        _send(sync, target, options, how, as_json=as_json)


def retry(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    force: Force = False,  # noqa: FBT002  (as above: Typer)
    wait: Wait = 0,
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Send what was rejected or got no answer, and nothing else."""
    with command(project_dir):
        options = {"only_failed": True}
        _send(sync, target, options, How(command="retry", force=force, wait=wait), as_json=as_json)


@dataclass(frozen=True, kw_only=True)
class How:
    """What a command that sends was told beside what to plan."""

    command: str
    force: bool
    wait: float
    moved: bool = False


def _send(
    name: str | None, target: str | None, options: Mapping[str, Any], how: How, *, as_json: bool
) -> None:
    """Send one sync after the other. What refuses one of them leaves the others alone."""
    from sync import show
    from sync.engine import finish_on_interrupt
    from sync.logs import open_log
    from sync.session import open_session

    results, codes = [], [0]
    opened = open_session(target, wait=how.wait)
    with open_log(), opened as session, finish_on_interrupt() as stopped:
        chosen_syncs = session.chosen(name)
        for chosen in chosen_syncs:
            try:
                result = _send_one(session, chosen, options, how, stopped)
            except DecileError as error:
                show_error(error)
                codes.append(error.exit_code)
                results.append(show.failed_json(chosen, error))
                continue
            codes.append(result.exit_code)
            results.append(show.result_json(result))
            if not as_json:
                show.show_result(out(), result)
            if stopped():
                # Nobody should take the syncs that were not begun for done.
                codes.append(128 + stopped() if len(results) < len(chosen_syncs) else 0)
                break
    if as_json:
        print_json(results)
    raise typer.Exit(max(codes))


def _send_one(
    session: Session,
    sync: Sync,
    options: Mapping[str, Any],
    how: How,
    stopped: Callable[[], int],
) -> Result:
    from sync import gate, show
    from sync.alerts import alerting
    from sync.engine import new_run_id, run_sync
    from sync.lease import hold_lease
    from sync.logs import about
    from sync.session import connect

    with connect(sync.meta.destination, sync.goes_to, aside) as connection:
        session.check_target(connection, sync.meta.destination)
        ledger, run_id = session.ledger(connection), new_run_id()
        facts = about(sync=sync.name, account=connection.account, run_id=run_id)
        with facts, alerting(sync, ledger, run_id, aside) as ended:
            gate.refuse_bad_build(sync, ledger, force=how.force, tell=aside)
            # What was sent before is read under the lease: nobody else adds to it.
            with hold_lease(ledger, sync.name, run_id, wait=how.wait, stopped=stopped) as lease:
                place = session.place(sync, connection, moved=how.moved, tell=aside)
                made = session.plan(sync, connection, **options)
                with show.progress(err(), sync, made.to_send) as advance:
                    result = run_sync(
                        sync,
                        made,
                        connection.destination,
                        ledger,
                        run_id=run_id,
                        command=how.command,
                        place=place,
                        lease=lease,
                        advance=advance,
                        stopped=stopped,
                    )
                ended(result)
    return result


def status(
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    check: Annotated[bool, typer.Option("--check", help="End with 1 if an alert holds.")] = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show the last run of each sync, and how many rows are in each state."""
    from sync import show_ledger
    from sync.logs import open_log
    from sync.session import open_session
    from sync.status import check_alerts, read_status

    with command(project_dir), open_log(), open_session(target) as session:
        alerts = check_alerts(session, aside) if check else []
        rows = read_status(session)
    if as_json:
        print_json(rows)
    else:
        show_ledger.show_status(out(), rows)
    if alerts:
        raise typer.Exit(1)


def rejections(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Show the rows that a destination has not accepted, by what it said of them."""
    from sync import show_ledger
    from sync.rejections import read_rejections
    from sync.session import open_session

    with command(project_dir), open_session(target) as session:
        rows = read_rejections(session, sync)
    if as_json:
        print_json(rows)
    else:
        show_ledger.show_rejections(out(), rows)


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
    destination: Annotated[
        str | None, typer.Argument(help="Its name in the exposures. [default: all]")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what is missing.")] = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Create the fields that the syncs write to, where they are missing."""
    from sync import show
    from sync.session import connect, open_session

    with command(project_dir), open_session(target) as session:
        conflicts = []
        names = [destination] if destination else session.destinations
        for name, goes_to, fields in session.all_fields_for(names):
            with connect(name, goes_to, aside) as connection:
                if not dry_run:
                    session.check_target(connection, name)
                there = connection.destination
                steps = there.plan_setup(fields) if dry_run else there.apply_setup(fields)
            title = f"{name} {goes_to.object}, account {connection.account}"
            show.show_setup(out(), title, steps)
            conflicts += [step.name for step in steps if step.action == "conflict"]
        if conflicts:
            raise ConfigError(f"{', '.join(conflicts)}: cannot be used as the table above says")


def check_destination(destination: str, project_dir: Path, target: str | None) -> None:
    """Look at the accounts of a destination as its syncs would, and print what is there."""
    from sync import show
    from sync.session import connect, open_session

    wrong = []
    with command(project_dir), open_session(target) as session:
        for goes_to, fields in session.to_check(destination):
            with connect(destination, goes_to, aside) as connection:
                found = connection.destination.check()
                steps = connection.destination.plan_setup(fields) if fields else []
            title = f"{destination} {goes_to.object}, account {connection.account}"
            show.show_check(out(), title, found, steps)
            wrong += [finding.name for finding in found if not finding.ok]
            wrong += [step.name for step in steps if step.action == "conflict"]
            if any(step.action == "create" for step in steps):
                aside(f"What is to be created, this creates: decile setup {destination}")
        if wrong:
            raise ConfigError(f"{', '.join(wrong)}: cannot be used as the table above says")


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")] = 8765,
    state: Annotated[Path | None, typer.Option(help="Its file. [default: under .decile]")] = None,
    project_dir: ProjectDir = Path(),
) -> None:
    """Run a stand-in for the destinations on this machine, until Ctrl-C."""
    from sync.sandbox import Sandbox, serve
    from sync.session import SANDBOX_STATE

    def announce(running: Sandbox) -> None:
        out().print(f"The sandbox answers at {running.url}, its token is {running.token}.")
        out().print("Commands without an account find it there. Ctrl-C ends it.", style="dim")

    with command(project_dir):
        SANDBOX_STATE.parent.mkdir(exist_ok=True)
        records = Path("seeds/demo/raw_hubspot__contact.csv")
        serve(
            port=port,
            state=state or SANDBOX_STATE,
            records=records if records.exists() else None,
            announce=announce,
        )


def forget(
    who: Annotated[str, typer.Argument(help="E-mail, contact id or source:record.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002  (as above: Typer)
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,  # noqa: FBT002  (as above: Typer)
    as_json: AsJson = False,  # noqa: FBT002  (as above: Typer)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Erase a person wherever they were sent and remembered, and keep them out of every build."""
    from sync import show_forget
    from sync.forget import forget as forget_person
    from sync.forget import prepare
    from sync.session import connect, open_session

    with command(project_dir), open_session(target) as session:
        case = prepare(session, who)
        if dry_run or case.nothing_left:
            if as_json:
                print_json(show_forget.case_json(case))
            else:
                show_forget.show_case(out(), case)
            return
        if not yes:
            show_forget.show_case(err(), case)
            typer.confirm("This cannot be undone. Go on?", abort=True, err=True)
        proof = forget_person(
            session, case, lambda sync: connect(sync.meta.destination, sync.goes_to, aside)
        )
    if as_json:
        print_json(show_forget.proof_json(proof))
    else:
        show_forget.show_proof(out(), proof)
    raise typer.Exit(proof.exit_code)


COMMANDS: dict[str, Callable[..., None]] = {
    "plan": plan,
    "sync": sync_command,
    "retry": retry,
    "status": status,
    "forget": forget,
    "rejections": rejections,
    "validate": validate,
    "setup": setup,
    "sandbox": sandbox,
}
