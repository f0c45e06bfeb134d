"""How long ten million records take to link, beside scipy, and ten thousand more.

The identifiers are generated straight into the tables that linking reads; then the models of
the project from changed_blocks to identity_components are run, one at a time: for everything,
without and with what tells records apart, then after ten thousand new records, and after a
change of some old ones. As in a build, the process that runs them has just written those
tables, and has run another model. scipy gets the same identifiers from the same tables, and
writes a table too; it has no notion of what tells records apart. Prints seconds, ratios, and
the peak of memory.

Machines are noisy: what is compared as a share is the least of some runs of each, in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).parents[1]
DATABASE = "warehouse.duckdb"
MEMORY_LIMIT = "3.5GB"
NEW_RECORDS = 10_000
CHANGED_RECORDS = 500
GONE_RECORDS = 200
RUNS = 3
MODEL_BEFORE = "country_names"
MODELS = (
    "changed_blocks",
    "rejudged_identifiers",
    "blocked_identifiers",
    "linking_scope",
    "identity_components",
)
# Drawn by hashing, so that a number always has the same identifiers: a person has 2.4 records
# on average, one record in ten is a CRM's, the others are traces of events; one phone in 50
# is shared, some by hundreds.
RECORDS = """
    select
        number as record_number,
        cast(floor(hash(number) % 1000003 / 1000003.0 * {persons}) as bigint) as person
    from range({first}, {last}) as numbers (number)
"""
IDENTIFIERS = """
    with records as ({records})
    select
        record_number, identifier_type, identifier_value,
        cast(hash(identifier_type, identifier_value) >> 2 as bigint) as identifier_hash,
        cast(hash(identifier_type, '#' || identifier_value) >> 2 as bigint) as identifier_check,
        'hubspot' as source,
        timestamp '2026-01-01' as first_seen_at,
        cast(hash('email', email) >> 2 as bigint) as profile_email_hash,
        email is not null as is_profile
    from (
        select *, case when hash(record_number * 7 + {salt}) % 100 < 10 then address end as email
        from (
            select
                *,
                'user' || person || '_' || cast(hash(record_number * 3) % 10 < 1 as integer)
                    || '@mail' || person % 1000 || '.example' as address
            from records
        )
    )
    cross join lateral (
        select 'email' as identifier_type, address as identifier_value
        where hash(record_number * 7 + {salt}) % 100 < 55
        union all
        select 'anonymous_id', md5(cast(person * 4 + hash(record_number * 11) % 4 as varchar))
        where hash(record_number * 5 + 2) % 100 < 70
        union all
        select 'phone', '+49' || 1500000000
            + case when hash(person) % 50 = 0 then person % 2000 else person end
        where hash(record_number * 13 + 3) % 100 < 20
    )
"""
DISTINCTIONS = """
    select
        record_number, distinction, distinct_value,
        cast(hash(distinction, distinct_value) >> 2 as bigint) as distinct_hash,
        4 as outweighs, false as oldest_keeps
    from identity_identifiers
    cross join lateral (
        select 'email in hubspot' as distinction, identifier_value as distinct_value
        union all
        select 'name', 'name of ' || split_part(identifier_value, '_', 1)
    )
    where is_profile and identifier_type = 'email'
"""


def generate(connection: duckdb.DuckDBPyConnection, records: int) -> None:
    """Make the tables that linking reads, and the seeds. Nothing tells records apart yet."""
    connection.execute("create schema decile")
    for name in ("identifier_types", "blocked_values", "calling_codes"):
        file = ROOT / "seeds" / "policy" / f"{name}.csv"
        connection.execute(
            f"create table decile.{name} as select * from read_csv('{file}', all_varchar = true)"
        )
    connection.execute("create schema decile_identity")
    drawn = RECORDS.format(persons=records * 0.42, first=1, last=records + 1)
    write(connection, "identity_identifiers", IDENTIFIERS.format(records=drawn, salt=1))
    write(connection, "identity_distinctions", f"{DISTINCTIONS} limit 0")


def rewrite(connection: duckdb.DuckDBPyConnection, records: int) -> None:
    """Give no record anything else; let names and addresses of a CRM tell them apart."""
    del records
    write(connection, "identity_identifiers", "from identity_identifiers")
    write(connection, "identity_distinctions", DISTINCTIONS)


def add(connection: duckdb.DuckDBPyConnection, records: int) -> None:
    """Add new records."""
    ((last,),) = connection.execute(
        "select max(record_number) from decile_identity.identity_identifiers"
    ).fetchall()
    first = last - last % NEW_RECORDS + NEW_RECORDS
    drawn = RECORDS.format(persons=records * 0.42, first=first, last=first + NEW_RECORDS)
    insert(connection, "from identity_identifiers", drawn)


def change(connection: duckdb.DuckDBPyConnection, records: int) -> None:
    """Give old records an address or take it, and delete some."""
    connection.execute(
        "create or replace temporary table altered as select distinct"
        f" 1 + cast(hash(number) % {records} as bigint) as record_number"
        f" from range({CHANGED_RECORDS + GONE_RECORDS}) as numbers (number)"
    )
    insert(
        connection,
        "from identity_identifiers where record_number not in (from altered)",
        RECORDS.format(persons=records * 0.42, first=1, last=records + 1)
        + "where number in (select record_number from altered order by 1"
        f" limit {CHANGED_RECORDS})",
    )


def insert(connection: duckdb.DuckDBPyConnection, kept: str, drawn: str) -> None:
    """Give the records drawn what they hold, beside what is kept."""
    drawn = IDENTIFIERS.format(records=drawn, salt=2)
    write(connection, "identity_identifiers", f"({kept}) union all ({drawn})")
    write(connection, "identity_distinctions", DISTINCTIONS)


def write(connection: duckdb.DuckDBPyConnection, table: str, query: str) -> None:
    """Write a table of the identity layer anew, as a model does."""
    connection.execute("use decile_identity")
    connection.execute(f"create table written as {query}")
    connection.execute(f"drop table if exists {table}")
    connection.execute(f"alter table written rename to {table}")


STEPS = {each.__name__: each for each in (generate, rewrite, add, change)}


def limit(connection: duckdb.DuckDBPyConnection) -> None:
    """Give DuckDB what dbt gives it."""
    connection.execute(f"set threads = 2; set memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")


def link(folder: Path, records: int, step: str, *options: str) -> tuple[dict[str, float], float]:
    """Run the models after a step; return the seconds of each and the peak of memory in GB."""
    settings = {
        "DECILE_TARGET": "duckdb",
        "DECILE_THREADS": "1",
        "DECILE_DUCKDB_PATH": str(folder / DATABASE),
        "DECILE_DUCKDB_MEMORY": MEMORY_LIMIT,
        "DBT_TARGET_PATH": str(folder / "dbt"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    program = f"from bench.linking import take; take({step!r}, {records}, {list(options)})"
    dbt = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=os.environ | settings)
    _, status, usage = os.wait4(dbt.pid, 0)
    dbt.returncode = os.waitstatus_to_exitcode(status)
    if dbt.returncode != 0:
        raise SystemExit("linking failed")
    results = json.loads((folder / "dbt" / "run_results.json").read_text())["results"]
    seconds = {
        result["unique_id"].rsplit(".", 1)[1]: float(result["execution_time"])
        for result in results
        if result["unique_id"].startswith("model.")
    }
    return seconds, usage.ru_maxrss / 1024**2


def take(step: str, records: int, options: list[str]) -> None:
    """Take a step, and run the models in the same process; of link()."""
    from dbt.cli.main import dbtRunner

    with duckdb.connect(os.environ["DECILE_DUCKDB_PATH"]) as connection:
        limit(connection)
        STEPS[step](connection, records)
        for models in ([MODEL_BEFORE], MODELS):
            selected = ["run", *options, "--select", *models]
            run: Any = dbtRunner().invoke(["--quiet", "--log-level-file", "error", *selected])
            if not run.success:
                sys.exit(1)


def link_with_scipy(database: Path) -> float:
    """The same components into a table, ids mapped to whole numbers and back; its seconds."""
    with duckdb.connect(str(database)) as connection:
        limit(connection)
        connection.execute("use decile_identity")
        started = time.monotonic()
        found = connection.execute("""
            with linking as (
                select record_number, identifier_type, identifier_value
                from identity_identifiers
                anti join blocked_identifiers using (identifier_type, identifier_value)
            ),
            numbered as (
                select identifier_type, identifier_value, row_number() over () - 1 as number
                from (select distinct identifier_type, identifier_value from linking)
            )
            select record_number, number
            from linking inner join numbered using (identifier_type, identifier_value)
        """).fetchnumpy()
        records, row = np.unique(found["record_number"], return_inverse=True)
        size = len(records)
        column = found["number"] + size
        nodes = size + int(found["number"].max()) + 1
        graph = coo_matrix((np.ones(len(row), dtype=np.int8), (row, column)), shape=(nodes, nodes))
        _, labels = connected_components(graph, directed=False)
        mapped = {"record_number": records, "label": labels[:size]}
        connection.register("mapped", mapped)
        connection.execute("create or replace table scipy_components as select * from mapped")
        return time.monotonic() - started


def partitions_differ(database: Path) -> int:
    """Count the pairs of groups in which the two disagree, uncut."""
    with duckdb.connect(str(database)) as connection:
        limit(connection)
        connection.execute("use decile_identity")
        ((pairs, ours, theirs),) = connection.execute("""
            select count(*), count(distinct linked_group), count(distinct label)
            from (
                select distinct
                    coalesce(linked_group, record_number) as linked_group, label
                from scipy_components left join identity_components using (record_number)
            )
        """).fetchall()
        return int(abs(pairs - ours) + abs(pairs - theirs))


def components_differ(database: Path) -> int:
    """Count the records whose component the small change and a full link place differently."""
    with duckdb.connect(str(database)) as connection:
        ((differing,),) = connection.execute("""
            select count(*) from (
                (from decile_identity.identity_components except from partial)
                union all
                (from partial except from decile_identity.identity_components)
            )
        """).fetchall()
        return int(differing)


def show(title: str, seconds: dict[str, float]) -> float:
    """Print the seconds of each model; return their sum."""
    total = sum(seconds.values())
    print(f"\n{title}: {total:.1f} s")
    for name, spent in seconds.items():
        print(f"  {name:<24}{spent:>8.2f}")
    return total


def compare(title: str, ours: float, by_scipy: float) -> None:
    """Print what our components take beside scipy's."""
    print(
        f"{title}: scipy {by_scipy:.1f} s, identity_components {ours:.1f} s,"
        f" ratio {ours / by_scipy:.2f}"
    )


def least(runs: list[dict[str, float]]) -> dict[str, float]:
    """Give the run that took least."""
    return min(runs, key=lambda seconds: sum(seconds.values()))


def main() -> None:
    """Generate, link, compare, change, link again, compare with linking everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--size", type=float, default=1.0, help="share of them, such as 0.01")
    chosen = parser.parse_args()
    records = int(chosen.records * chosen.size)
    folder = ROOT / "target" / "bench" / f"linking-{records}"
    database = folder / DATABASE
    for file in (database, database.with_suffix(".duckdb.wal")):
        file.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)

    seconds, _ = link(folder, records, "generate", "--full-refresh")
    by_scipy = link_with_scipy(database)
    compare("nothing tells records apart", seconds["identity_components"], by_scipy)
    print(f"groups that differ: {partitions_differ(database)}")

    everything, added, peaks = [], [], []
    for _ in range(RUNS):
        seconds, peak = link(folder, records, "rewrite", "--full-refresh")
        everything.append(seconds)
        peaks.append(peak)
        added.append(link(folder, records, "add")[0])
    seconds = least(everything)
    full = show(f"linking {records:,} records", seconds)
    print(f"peak memory {max(peaks):.2f} GB (limit of DuckDB {MEMORY_LIMIT})")
    compare("names and addresses do", seconds["identity_components"], by_scipy)

    partial = show(f"linking {NEW_RECORDS:,} new records", least(added))
    print(f"share of linking everything: {partial / full:.1%}")

    seconds, _ = link(folder, records, "change")
    partial = show(f"linking {CHANGED_RECORDS} changed records, {GONE_RECORDS} gone", seconds)
    print(f"share of linking everything: {partial / full:.1%}")
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create or replace table partial as from decile_identity.identity_components"
        )
    link(folder, records, "rewrite", "--full-refresh")
    print(f"records placed differently by linking everything: {components_differ(database)}")


if __name__ == "__main__":
    main()
