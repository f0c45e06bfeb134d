{{ config(materialized='view') }}

-- depends_on: {{ ref('audience_problems') }}
with

audiences as (

    select * from {{ ref('audiences') }}

    where is_active = 'true'

),

audience_rules as (

    select
        audience,
        label,
        model,
        coalesce(scenario, 'default') as scenario,
        bands,
        {{ number_or_null('min_decile') }} as min_decile,
        {{ number_or_null('max_decile') }} as max_decile,
        stages,
        interest,
        customers,
        {{ number_or_null('active_within_days') }} as active_within_days,
        {{ number_or_null('silent_for_days') }} as silent_for_days,
        purpose,
        coalesce({{ number_or_null('holdout_share') }}, 0) as holdout_share,
        coalesce(holdout_salt, audience) as holdout_salt,
        coalesce('group ' || exclusive_group, 'audience ' || audience)
            as exclusive_group,
        {{ number_or_null('priority') }} as priority

    from audiences

)

select * from audience_rules
