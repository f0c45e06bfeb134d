"""What the stages and interests of the sample are, for docs/action.md."""

from __future__ import annotations

import os

import duckdb

STAGES = """
    select stages.stage, count(contact_id) as contacts, stages.label
    from stages
    left join lifecycle_stages on stages.stage = lifecycle_stages.stage
    group by stages.stage, stages.label, stages.place
    order by try_cast(stages.place as integer)
"""
INTERESTS = """
    select interest, count(*) as contacts, kind
    from contact_interests
    where interest_rank = 1
    group by interest, kind
    order by contacts desc, interest
"""


def main() -> None:
    """Print both, widest name first to last."""
    path = os.environ.get("DECILE_DUCKDB_PATH", "warehouse.duckdb")
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("use decile")
        for head, sql in (("stage", STAGES), ("first interest", INTERESTS)):
            rows = connection.execute(sql).fetchall()
            print(f"{head:18}  contacts")
            for name, contacts, told in rows:
                print(f"{name:18}  {contacts:8,}  {told}")
            print()


if __name__ == "__main__":
    main()
