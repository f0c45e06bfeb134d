"""Generate the sample, or the same thing at any size.

    python -m bench.generate                          the committed CSVs, byte for byte
    python -m bench.generate --contacts 1000000 --events 20000000 --parquet DIR

People have an intent that nobody sees. It rises in episodes, drives what they do, and
decides, together with how well they fit, who buys. Everything follows from one seed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from rich.console import Console

from bench import accounts as filed
from bench import faults, mails, records, sales, tables, visits, words
from bench.draws import Draws
from bench.people import KINDS, People, make_companies, make_people

ROOT = Path(__file__).resolve().parents[1]
SEED = 20_250_701
SAMPLE_PEOPLE = 2_000
_KNOWN_SHARE = 0.87  # the others never say who they are
_BLOCK_PEOPLE = 40_000
_EVENT_TABLES = (
    "raw_web__page_views", "raw_web__tracks", "raw_hubspot__email_event",
    "raw_hubspot__contact_form_submission", "raw_shopify__order", "raw_shopify__order_line",
    "raw_shopify__abandoned_checkout",
)  # fmt: skip
_PROFILE_TABLES = {
    "hubspot": "raw_hubspot__contact",
    "shopify": "raw_shopify__customer",
    "web": "raw_web__identifies",
    "people_list": "raw_people_list__people",
}
# Alike in every block, so written once.
_SHARED_TABLES = (
    "raw_hubspot__owner", "raw_hubspot__deal_pipeline_stage", "raw_hubspot__email_campaign",
    "raw_hubspot__form", "raw_shopify__product",
)  # fmt: skip
_TRUTH_HEADER = ["source", "source_record_id", "person", "kind"]


@dataclass(frozen=True)
class Block:
    """The raw tables of some people, the truth about their records, and planted faults."""

    tables: dict[str, tables.Table]
    truth: list[tuple[str, str, str, str]]
    planted: Counter[str]

    @property
    def events(self) -> int:
        """Rows in the tables of events."""
        return sum(tables.rows_in(self.tables[name]) for name in _EVENT_TABLES)


def make_block(people: int, *, activity: float = 1.0, block: int = 0, seed: int = SEED) -> Block:
    """Invent `people` persons; `activity` stretches how much they do, not what they buy."""
    draws = Draws(seed, block)
    companies = make_companies(draws, people, block)
    persons = make_people(draws, people, block, companies)
    bought = filed.make_purchases(draws, persons, companies)
    accounts = filed.make_accounts(draws, persons, bought, block)
    sessions = visits.make_sessions(draws, persons, accounts, activity)
    customers, addresses = records.make_customers(draws, persons, companies, accounts)
    profiles = {
        "hubspot": records.make_contacts(draws, persons, companies, accounts, bought, block),
        "shopify": customers,
        "web": records.make_identifies(draws, persons, accounts, block),
        "people_list": records.make_people_list(draws, persons, companies, accounts, block),
    }
    planted: Counter[str] = Counter()
    truth = _truth(draws, persons, profiles, planted)
    made = {_PROFILE_TABLES[source]: found.table for source, found in profiles.items()} | {
        "raw_hubspot__company": records.make_companies_table(draws, persons, companies, block),
        "raw_hubspot__owner": sales.owners(),
        "raw_hubspot__deal_pipeline_stage": sales.pipeline_stages(),
        "raw_hubspot__email_campaign": mails.campaigns(),
        "raw_hubspot__form": mails.forms(),
        "raw_hubspot__contact_form_submission": mails.make_form_submissions(
            draws, persons, accounts, activity, block
        ),
        "raw_shopify__customer_address": addresses,
        "raw_shopify__product": sales.products(),
        "raw_shopify__abandoned_checkout": sales.make_checkouts(
            draws, persons, accounts, sessions, block
        ),
        "raw_web__page_views": visits.make_page_views(draws, persons, accounts, sessions, block),
        "raw_web__tracks": visits.make_tracks(draws, persons, accounts, sessions, block),
    }
    made |= mails.make_mails(draws, persons, accounts, activity, block)
    made |= sales.make_orders(draws, persons, accounts, bought, block)
    made |= sales.make_deals(draws, persons, companies, accounts, bought, block)
    spoilt = {name: faults.spoil_rows(draws, name, made[name], planted) for name in tables.COLUMNS}
    # Drawn last and apart, so that all else stays as it was.
    number = tables.rows_in(made["raw_web__tracks"])
    answers = visits.make_answers(Draws(seed, block, 1), persons, sessions, block, number)
    carts = visits.carts(people=persons, tracks=made["raw_web__tracks"])
    number = tables.rows_in(made["raw_hubspot__email_event"])
    reminders = mails.make_cart_mails(
        Draws(seed, block, 2), persons, accounts, carts, bought, block, number
    )
    for name, rows in {"raw_web__tracks": answers, **reminders}.items():
        spoilt[name] = tables.stack(spoilt[name], rows)
    return Block(spoilt, truth, planted)


def _truth(
    draws: Draws, people: People, profiles: dict[str, records.Records], planted: Counter[str]
) -> list[tuple[str, str, str, str]]:
    """Whose record each one is; a record that cannot be used has the fault for its kind."""
    rows: list[tuple[str, str, str, str]] = []
    for source, found in profiles.items():
        name = _PROFILE_TABLES[source]
        fault = faults.spoil_profiles(draws, name, found, planted)
        key, kind = next(iter(tables.COLUMNS[name].items()))
        ids = tables.cells(found.table[key], kind)
        person = [f"p{number}" for number in people.number[found.who]]
        kinds = np.where(fault == "", KINDS[people.kind[found.who]], fault)
        rows += zip([source] * len(ids), ids, person, kinds, strict=True)
    return rows


def write_sample(folder: Path, truth: Path, policy: Path) -> Block:
    """Write the committed files: the demo's seeds, the truth, the list of competitors."""
    made = make_block(SAMPLE_PEOPLE)
    for name, table in made.tables.items():
        tables.write_csv(folder, name, table)
    tables.write_rows(truth, _TRUTH_HEADER, made.truth)
    rivals = [(f"{name.lower()}.example", "sells what we sell") for name in words.COMPETITORS]
    tables.write_rows(policy / "competitors.csv", ["company_domain", "reason"], rivals)
    return made


def _blocks(contacts: int, events: int, seed: int) -> Iterator[Block]:
    """As many blocks as it takes, with the activity that gives the wanted number of events."""
    people = round(contacts / _KNOWN_SHARE)
    count = -(-people // _BLOCK_PEOPLE)
    size = -(-people // count)
    quiet, busy = (make_block(5_000, activity=level, seed=seed).events for level in (1.0, 2.0))
    wanted = events / people * 5_000
    activity = max(0.0, 1.0 + (wanted - quiet) / (busy - quiet))
    for number in range(count):
        yield make_block(size, activity=activity, block=number, seed=seed)


def write_benchmark(folder: Path, contacts: int, events: int, seed: int) -> Counter[str]:
    """Write one Parquet file per raw table; returns how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: Counter[str] = Counter()
    with duckdb.connect(config={"memory_limit": "3GB", "threads": 2}) as connection:
        for number, block in enumerate(_blocks(contacts, events, seed)):
            for name, table in block.tables.items():
                if number and name in _SHARED_TABLES:
                    continue
                part = folder / f"{name}.{number:04d}.part"
                tables.write_parquet(connection, part, name, table)
                rows[name] += tables.rows_in(table)
        for name in tables.COLUMNS:
            parts = folder / f"{name}.*.part"
            target = folder / f"{name}.parquet"
            connection.execute(
                f"copy (from read_parquet('{parts}')) to '{target}' (format parquet)"
            )
            for part in folder.glob(f"{name}.*.part"):
                part.unlink()
    return rows


def main() -> None:
    """Parse the command line and write."""
    parser = argparse.ArgumentParser(description="Generate the sample or benchmark data.")
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--parquet", type=Path, help="folder for Parquet files of the given size")
    parser.add_argument("--seed", type=int, default=SEED)
    wanted = parser.parse_args()
    console, began = Console(), time.perf_counter()
    if wanted.parquet:
        rows = write_benchmark(wanted.parquet, wanted.contacts, wanted.events, wanted.seed)
    else:
        seeds = ROOT / "seeds"
        made = write_sample(
            seeds / "demo", ROOT / "tests" / "data" / "sample_truth.csv", seeds / "policy"
        )
        rows = Counter({name: tables.rows_in(table) for name, table in made.tables.items()})
        for fault, count in sorted(made.planted.items()):
            console.print(f"{count:>12,}  {fault}")
    for name, count in sorted(rows.items()):
        console.print(f"{count:>12,}  {name}")
    console.print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
