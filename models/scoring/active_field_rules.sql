-- depends_on: {{ ref('rule_problems') }}
with

field_rules as (

    select
        rule,
        scorecard,
        rule_group,
        label,
        field,
        operator,
        lower(value) as compared_text,
        {{ number_or_null(dbt.split_part('value', "'|'", 1)) }} as lowest_number,
        {{ number_or_null(dbt.split_part('value', "'|'", 2)) }} as highest_number,
        is_disqualifier = 'true' as is_disqualifier,
        cast({{ number_or_null('points') }} as numeric(18, 2)) as points

    from {{ ref('field_rules') }}

    where is_active = 'true'

),

active_scorecards as (

    select scorecard

    from {{ ref('active_scorecards') }}

),

active_field_rules as (

    select field_rules.*

    from field_rules

    inner join active_scorecards
        on field_rules.scorecard = active_scorecards.scorecard

)

select * from active_field_rules
