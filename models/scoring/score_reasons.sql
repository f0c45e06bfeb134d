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
        'event' as rule_kind,
        {{ number_or_null('max_points') }} as max_points

    from {{ ref('event_rules') }}

    union all

    select
        rule as rule_key,
        label as rule_label,
        case is_disqualifier when 'true' then 'disqualifier' else 'field' end
            as rule_kind,
        null as max_points

    from {{ ref('field_rules') }}

    union all

    select
        'cap:' || scorecard as rule_key,
        'Held within the limits of "' || label || '"' as rule_label,
        'cap' as rule_kind,
        null as max_points

    from {{ ref('scorecards') }}

    union all

    select
        'cap:' || scorecard || '/' || rule_group as rule_key,
        'Held within the limits of "' || label || '"' as rule_label,
        'cap' as rule_kind,
        null as max_points

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
        abs(score_points.points) = rule_labels.max_points as is_capped,
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

        -- Who is no lead has one reason before all others, whatever its points.
        {{ whole_number("row_number() over (
            partition by contact_id, scenario
            order by
                case rule_kind when 'disqualifier' then 0 else 1 end,
                abs(points) desc,
                rule
        )") }} as reason_rank,
        rule,
        points,
        occurrences,
        last_occurred_at,
        rule_label
        || case when rule_kind = 'event' then {{ times_and_age(
            'occurrences', 'last_occurred_at'
        ) }} else '' end
        || {{ signed_points('points') }}
        || case
            when rule_kind = 'disqualifier' then ' (disqualified)'
            when is_capped then ' (capped)'
            else ''
        end as reason

    from points_weighted

)

select * from score_reasons
