{{ config(materialized='view') }}

{%- set booleans = score_fields()
    | selectattr('kind', 'equalto', 'boolean') | map(attribute='name') | list -%}

-- depends_on: {{ ref('contact_fields') }}
with

event_rules as (

    select
        rule,
        {{ number_or_null('points') }} as points,
        coalesce({{ number_or_null('first_time_points') }}, 0) as first_time_points,
        {{ number_or_null('within_days') }} as within_days,
        {{ number_or_null('min_times') }} as min_times,
        {{ number_or_null('max_per_day') }} as max_per_day

    from {{ ref('event_rules') }}

    where is_active = 'true'

),

field_rules as (

    select
        rule,
        field,
        operator,
        is_disqualifier,
        lower(value) as compared_text,
        {{ number_or_null('points') }} as points

    from {{ ref('field_rules') }}

    where is_active = 'true'

),

mistakes (seed_name, row_name, column_name, problem, allowed) as (

    select
        'event_rules',
        rule,
        'points',
        'gives no points',
        'a number other than 0; or is_active false'

    from event_rules

    where points = 0 and first_time_points = 0

    union all

    -- A window of three days touches four days of the calendar.
    select
        'event_rules',
        rule,
        'min_times',
        'can never hold: it is more than max_per_day lets count within_days',
        'at most max_per_day times the days of the window and one more'

    from event_rules

    where min_times > max_per_day * (within_days + 1)

    union all

    select
        'field_rules',
        rule,
        'points',
        'gives no points and disqualifies nobody',
        'a number other than 0; or is_disqualifier true; or is_active false'

    from field_rules

    where points = 0 and is_disqualifier = 'false'

    union all

    select
        'field_rules',
        rule,
        'value',
        'is compared with what it never is: ' || field || ' is true or false',
        'is_true, is_null, or = and != with true or false'

    from field_rules

    where
        field in ('{{ booleans | join("', '") }}')
        and operator not in ('is_true', 'is_null')
        and not (operator in ('=', '!=') and compared_text in ('true', 'false'))

    union all

    select
        'scorecards',
        scorecard,
        'min_points',
        'is above max_points',
        'the lower one first'

    from {{ ref('scorecards') }}

    where {{ number_or_null('min_points') }} > {{ number_or_null('max_points') }}

),

effect_problems as (

    select distinct
        seed_name,
        coalesce(row_name, '(no name)') as row_name,
        column_name,
        problem,
        allowed

    from mistakes

)

select * from effect_problems
