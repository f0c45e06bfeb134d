{{ config(materialized='view') }}

with

stage_transitions as (

    select
        contact_id,
        stage,
        previous_stage,
        reason,
        entered_at,
        row_number() over (
            partition by contact_id
            order by transition_number desc
        ) as recency_place

    from {{ ref('stage_transitions') }}

),

stages as (

    select
        stage,
        label

    from {{ ref('stages') }}

),

lifecycle_stages as (

    select
        stage_transitions.contact_id,
        stage_transitions.stage,
        stages.label,
        stage_transitions.reason,
        stage_transitions.entered_at,
        stage_transitions.previous_stage

    from stage_transitions

    left outer join stages
        on stage_transitions.stage = stages.stage

    where
        stage_transitions.recency_place = 1
        and stage_transitions.stage <> 'gone'

)

select * from lifecycle_stages
