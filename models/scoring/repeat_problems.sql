{{ config(materialized='view') }}

with

conditions as (

    select
        'event_rules' as seed_name,
        rule,
        scorecard,
        event_name as counted,
        property as compared,
        operator,
        lower(value) as compared_text,
        within_days,
        half_life_days,
        min_times,
        max_per_day,
        'false' as is_disqualifier

    from {{ ref('event_rules') }}

    where is_active = 'true'

    union all

    select
        'field_rules' as seed_name,
        rule,
        scorecard,
        null as counted,
        field as compared,
        operator,
        lower(value) as compared_text,
        null as within_days,
        null as half_life_days,
        null as min_times,
        null as max_per_day,
        is_disqualifier

    from {{ ref('field_rules') }}

    where is_active = 'true'

),

-- Another window or half-life is another condition: what is recent may count twice.
conditions_beside_first as (

    select
        seed_name,
        rule,
        min(rule) over (
            partition by
                seed_name, scorecard, counted, compared, operator, compared_text,
                within_days, half_life_days, min_times, max_per_day, is_disqualifier
        ) as first_rule

    from conditions

),

repeat_problems as (

    select distinct
        seed_name,
        rule as row_name,
        'rule' as column_name,
        'has the condition of ' || first_rule || ', which counts it already' as problem,
        'one rule for each condition of a scorecard; or is_active false' as allowed

    from conditions_beside_first

    where rule <> first_rule

)

select * from repeat_problems
