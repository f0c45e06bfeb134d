{{ config(materialized='view') }}

with

score_points as (

    select * from {{ ref('score_points') }}

    where as_of = {{ as_of() }}

),

rule_labels as (

    select
        rule as rule_key,
        label as rule_label,
        'event' as rule_kind

    from {{ ref('event_rules') }}

    union all

    select
        rule as rule_key,
        label as rule_label,
        'field' as rule_kind

    from {{ ref('field_rules') }}

    union all

    select
        'cap:' || scorecard as rule_key,
        'Held within the limits of "' || label || '"' as rule_label,
        'cap' as rule_kind

    from {{ ref('scorecards') }}

    union all

    select
        'cap:' || scorecard || '/' || rule_group as rule_key,
        'Held within the limits of "' || label || '"' as rule_label,
        'cap' as rule_kind

    from {{ ref('rule_groups') }}

),

active_scorecards as (

    select * from {{ ref('active_scorecards') }}

),

points_weighted as (

    select
        score_points.contact_id,
        active_scorecards.scenario,
        score_points.rule,
        rule_labels.rule_label,
        rule_labels.rule_kind,
        score_points.occurrences,
        score_points.last_occurred_at,
        cast(round(score_points.points * active_scorecards.weight, 2) as numeric(18, 2))
            as points

    from score_points

    inner join active_scorecards
        on score_points.scorecard = active_scorecards.scorecard

    inner join rule_labels
        on score_points.rule = rule_labels.rule_key

),

score_reasons as (

    select
        contact_id,
        scenario,
        {{ whole_number('row_number() over (
            partition by contact_id, scenario order by abs(points) desc, rule asc
        )') }} as reason_rank,
        rule,
        points,
        occurrences,
        last_occurred_at,
        rule_label
        || case when rule_kind = 'event' then {{ times_and_age(
            'occurrences', 'last_occurred_at'
        ) }} else '' end
        || {{ signed_points('points') }} as reason

    from points_weighted

)

select * from score_reasons
