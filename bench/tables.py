"""The raw tables, column by column, and how they are written down."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from bench.draws import Texts

Table = dict[str, npt.NDArray[Any]]

# name=type; text where no type stands. id: a whole number, shown after its prefix (id:v);
# time: seconds since 1970; flag: 0 or 1; count: a whole number; money: two decimals.
# A negative number (money: NaN) is a blank.
_LAYOUT = {
    "raw_hubspot__contact": "id=id property_email property_phone property_mobilephone"
    " property_firstname property_lastname property_date_of_birth property_jobtitle"
    " property_company property_industry property_numemployees=count property_city"
    " property_country property_hs_language property_lifecyclestage property_hs_lead_status"
    " property_hubspot_owner_id property_associatedcompanyid=id property_hs_email_optout=flag"
    " property_user_id=id:u property_createdate=time property_lastmodifieddate=time"
    " _fivetran_deleted=flag _fivetran_synced=time",
    "raw_hubspot__company": "id=id property_name property_domain property_industry"
    " property_numberofemployees=count property_annualrevenue=count property_country"
    " is_deleted=flag _fivetran_synced=time",
    "raw_hubspot__owner": "owner_id email",
    "raw_hubspot__deal": "deal_id=id deal_pipeline_id deal_pipeline_stage_id owner_id"
    " property_dealname property_amount=money property_closedate=time property_createdate=time"
    " is_deleted=flag _fivetran_synced=time",
    "raw_hubspot__deal_contact": "contact_id=id deal_id=id",
    "raw_hubspot__deal_pipeline_stage": "stage_id pipeline_id label closed_won=flag is_closed=flag",
    "raw_hubspot__email_campaign": "id=id name subject",
    "raw_hubspot__email_event": "id=id type created=time recipient email_campaign_id=id"
    " _fivetran_synced=time",
    "raw_hubspot__email_event_click": "id=id url user_agent ip_address",
    "raw_hubspot__email_event_open": "id=id user_agent duration=count",
    "raw_hubspot__email_event_status_change": "id=id portal_subscription_status source"
    " requested_by",
    "raw_hubspot__contact_form_submission": "contact_id=id form_id timestamp=time"
    " conversion_id=id:c page_url title _fivetran_synced=time",
    "raw_hubspot__form": "guid name form_type",
    "raw_shopify__customer": "id=id email phone first_name last_name state created_at=time"
    " updated_at=time email_marketing_consent_state email_marketing_consent_updated_at=time"
    " _fivetran_deleted=flag _fivetran_synced=time",
    "raw_shopify__customer_address": "customer_id=id id=id city company country_code"
    " is_default=flag",
    "raw_shopify__order": "id=id customer_id=id email created_at=time processed_at=time"
    " total_price=money currency financial_status cancelled_at=time test=flag"
    " _fivetran_deleted=flag _fivetran_synced=time",
    "raw_shopify__order_line": "id=id order_id=id product_id=id:p title price=money quantity=count",
    "raw_shopify__product": "id=id:p title product_type",
    "raw_shopify__order_discount_code": "order_id=id index=count code",
    "raw_shopify__abandoned_checkout": "id=id customer_id=id email created_at=time"
    " completed_at=time total_price=money currency _fivetran_synced=time",
    "raw_web__page_views": "id=id:v anonymous_id=id:a user_id=id:u viewed_at=time"
    " received_at=time session_id=id:s path referrer product_id=id:p product_category"
    " duration_seconds=count user_agent",
    "raw_web__identifies": "id=id:i anonymous_id=id:a user_id=id:u email phone first_name"
    " last_name identified_at=time received_at=time",
    "raw_web__tracks": "id=id:t anonymous_id=id:a user_id=id:u event occurred_at=time"
    " received_at=time session_id=id:s path product_id=id:p product_category price=money"
    " quantity=count content_name",
    "raw_people_list__people": "row_id=id list_name email phone first_name last_name company"
    " job_title city country language met_at=time email_consent loaded_at=time",
}
COLUMNS = {
    table: dict((part + "=text").split("=")[:2] for part in layout.split())
    for table, layout in _LAYOUT.items()
}


def cells(values: npt.NDArray[Any], kind: str) -> list[str]:
    """One column as the text that stands in a CSV; blank where there is no value."""
    if kind == "text":
        return [str(value) for value in values]
    if kind == "money":
        return ["" if np.isnan(value) else f"{value:.2f}" for value in values]
    if kind == "flag":
        return ["" if value < 0 else "true" if value else "false" for value in values]
    if kind == "time":
        moments = np.datetime_as_string(values.astype("datetime64[s]"), unit="s")
        shown = [str(moment).replace("T", " ") for moment in moments]
        return ["" if value < 0 else text for value, text in zip(values, shown, strict=True)]
    prefix = kind.partition(":")[2]
    return ["" if value < 0 else f"{prefix}{value}" for value in values]


def write_csv(folder: Path, name: str, table: Table) -> None:
    """Write one table as `folder`/`name`.csv, in the order of its rows."""
    columns = [cells(table[column], kind) for column, kind in COLUMNS[name].items()]
    write_rows(folder / f"{name}.csv", list(COLUMNS[name]), zip(*columns, strict=True))


def write_rows(path: Path, header: list[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a CSV that is the same on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, table: Table
) -> None:
    """Write one table as a Parquet file with its proper types."""
    connection.register(
        "block",
        {
            column: table[column].astype(object) if kind == "text" else table[column]
            for column, kind in COLUMNS[name].items()
        },
    )
    chosen = ", ".join(_typed(column, kind) for column, kind in COLUMNS[name].items())
    connection.execute(f"copy (select {chosen} from block) to '{path}' (format parquet)")  # noqa: S608 - our own names
    connection.unregister("block")


def _typed(column: str, kind: str) -> str:
    value = f'"{column}"'
    if kind == "text":
        return f"nullif({value}, '') as {value}"
    if kind == "money":
        return f"case when not isnan({value}) then cast({value} as decimal(18, 2)) end as {value}"
    shown = {
        "time": f"make_timestamp({value} * 1000000)",
        "flag": f"{value} = 1",
        "count": f"cast({value} as integer)",
    }.get(kind, f"'{kind.partition(':')[2]}' || {value}")
    return f"case when {value} >= 0 then {shown} end as {value}"


def take(table: Table, rows: npt.NDArray[Any]) -> Table:
    """The chosen rows, in the given order."""
    return {column: values[rows] for column, values in table.items()}


def stack(*tables: Table) -> Table:
    """The rows of several tables of the same columns, one below the other."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def rows_in(table: Table) -> int:
    """How many rows a table has."""
    return len(next(iter(table.values())))


def blank(n: int, text: str = "") -> Texts:
    """A text column with one value throughout."""
    return np.full(n, text, dtype=object)
