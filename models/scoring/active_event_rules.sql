-- depends_on: {{ ref('rule_problems') }}
with

event_rules as (

    select
        rule,
        scorecard,
        rule_group,
        event_name,
        property,
        operator,
        lower(value) as compared_text,
        {{ number_or_null(dbt.split_part('value', "'|'", 1)) }} as lowest_number,
        {{ number_or_null(dbt.split_part('value', "'|'", 2)) }} as highest_number,
        {{ number_or_null('points') }} as points,
        {{ number_or_null('first_time_points') }} as first_time_points,
        {{ number_or_null('half_life_days') }} as half_life_days,
        {{ whole_number(number_or_null('within_days')) }} as within_days,
        {{ whole_number(number_or_null('min_times')) }} as min_times,
        {{ whole_number(number_or_null('max_per_day')) }} as max_per_day,
        {{ number_or_null('max_points') }} as max_points

    from {{ ref('event_rules') }}

    where is_active = 'true'

),

active_scorecards as (

    select scorecard

    from {{ ref('active_scorecards') }}

),

active_event_rules as (

    select
        event_rules.rule,
        event_rules.scorecard,
        event_rules.rule_group,
        event_rules.event_name,
        event_rules.property,
        event_rules.operator,
        event_rules.compared_text,
        event_rules.lowest_number,
        event_rules.highest_number,
        event_rules.half_life_days,
        event_rules.max_per_day,

        -- An empty cell sets no bound: no window reaches further back than a century.
        coalesce(event_rules.within_days, 36500) as within_days,
        coalesce(event_rules.min_times, 1) as min_times,
        coalesce(event_rules.max_points, 999999999) as max_points,

        -- Points are counted in whole millionths, so that their sum is exact.
        cast(event_rules.points * 1000000 as {{ dbt.type_bigint() }}) as millionths,
        cast(
            coalesce(event_rules.first_time_points, 0) * 1000000
            as {{ dbt.type_bigint() }}
        ) as first_time_millionths

    from event_rules

    inner join active_scorecards
        on event_rules.scorecard = active_scorecards.scorecard

)

select * from active_event_rules
