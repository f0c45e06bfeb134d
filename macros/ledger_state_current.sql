{#-
    The latest row of sync_state for each account, sync and key, as a query.

    Its own column comes first: one that a migration adds to the table is then the view's last,
    and PostgreSQL replaces a view only by one that begins with the same columns.
-#}
{% macro ledger_state_current() -%}
    select *
    from (
        select
            row_number() over (
                partition by account, sync_name, row_key
                order by
                    coalesce(run_number, 0) desc, recorded_at desc, run_id desc,
                    attempts desc
            ) as recency,
            sync_state.*
        from {{ ledger_relation('sync_state') }} as sync_state
    ) as numbered
    where recency = 1
{%- endmacro %}
