{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook="{{ refuse_earlier_as_of('changed_at') }}"
) }}

with

lead_scores as (

    select
        contact_id,
        scenario,
        points,
        lead_score,
        band,
        decile,
        grade,
        rules_version,
        scored_at

    from {{ ref('lead_scores') }}

),

remembered as (

    {% if is_incremental() -%}
        select
            contact_id,
            scenario,
            change_number,
            band,
            decile,
            grade,
            row_number() over (
                partition by contact_id, scenario
                order by change_number desc
            ) as recency_place

        from {{ this }}
    {%- else -%}
        select
            contact_id,
            scenario,
            0 as change_number,
            band,
            decile,
            grade,
            1 as recency_place

        from lead_scores

        where 1 = 0
    {%- endif %}

),

score_history as (

    select
        lead_scores.contact_id,
        lead_scores.scenario,
        {{ whole_number('coalesce(remembered.change_number, 0) + 1') }}
            as change_number,
        lead_scores.scored_at as changed_at,
        lead_scores.band,
        remembered.band as previous_band,
        lead_scores.decile,
        remembered.decile as previous_decile,
        lead_scores.grade,
        remembered.grade as previous_grade,
        lead_scores.points,
        lead_scores.lead_score,
        lead_scores.rules_version

    from lead_scores

    left outer join remembered
        on
            lead_scores.contact_id = remembered.contact_id
            and lead_scores.scenario = remembered.scenario
            and remembered.recency_place = 1

    -- A disqualified contact has neither decile nor grade: -1 and '' stand for that.
    where
        remembered.contact_id is null
        or lead_scores.band <> remembered.band
        or coalesce(lead_scores.decile, -1) <> coalesce(remembered.decile, -1)
        or coalesce(lead_scores.grade, '') <> coalesce(remembered.grade, '')

)

select * from score_history
