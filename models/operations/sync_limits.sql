with

no_syncs as (

    select
        cast(null as {{ dbt.type_string() }}) as sync_name,
        cast(null as {{ dbt.type_string() }}) as destination,
        cast(null as numeric(18, 4)) as max_failed_share,
        cast(null as numeric(18, 2)) as max_hours_since_success

    where 1 = 0

),

sync_limits as (

    select * from no_syncs

    {% for sync in configured_syncs() %}
        union all

        select
            {{ text_literal(sync.name) }} as sync_name,
            {{ text_literal(sync.destination) }} as destination,
            cast({{ sync.max_failed_share }} as numeric(18, 4)) as max_failed_share,
            cast({{ sync.max_hours_since_success }} as numeric(18, 2))
                as max_hours_since_success
    {% endfor %}

)

select * from sync_limits
