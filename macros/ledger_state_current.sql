{#- The latest row of sync_state for each account, sync and key, as a query. -#}
{% macro ledger_state_current() -%}
    select *
    from (
        select
            sync_state.*,
            row_number() over (
                partition by account, sync_name, row_key
                order by
                    coalesce(run_number, 0) desc, recorded_at desc, run_id desc,
                    attempts desc
            ) as recency
        from {{ ledger_relation('sync_state') }} as sync_state
    ) as numbered
    where recency = 1
{%- endmacro %}
