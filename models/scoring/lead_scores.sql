with

contact_scores as (

    select *

    from {{ ref('contact_scores') }}

    where as_of = {{ as_of() }}

),

score_reasons as (

    select
        contact_id,
        scenario,
        reason_rank,
        reason

    from {{ ref('score_reasons') }}

    where reason_rank <= 3

),

top_reasons as (

    select
        contact_id,
        scenario,
        {{ dbt.listagg('reason', "'; '", 'order by reason_rank') }} as top_reasons

    from score_reasons

    group by
        contact_id,
        scenario

),

lead_scores as (

    select
        contact_scores.contact_id,
        contact_scores.scenario,
        contact_scores.fit_points,
        contact_scores.engagement_points,
        contact_scores.points,
        contact_scores.fit_score,
        contact_scores.engagement_score,
        contact_scores.lead_score,
        contact_scores.fit_decile,
        contact_scores.engagement_decile,
        contact_scores.decile,
        contact_scores.band,
        contact_scores.grade,
        contact_scores.qualification,
        contact_scores.is_disqualified,
        contact_scores.disqualified_reason,
        top_reasons.top_reasons,
        contact_scores.as_of as scored_at,
        contact_scores.rules_version

    from contact_scores

    left outer join top_reasons
        on
            contact_scores.contact_id = top_reasons.contact_id
            and contact_scores.scenario = top_reasons.scenario

)

select * from lead_scores
