-- Each transition begins where the one before ended, in another stage, and the last one
-- is the stage that the rules give now.

with

stage_transitions as (

    select
        contact_id,
        transition_number,
        stage,
        previous_stage,
        entered_at,
        lag(stage) over (
            partition by contact_id
            order by transition_number
        ) as stage_before,
        lag(entered_at) over (
            partition by contact_id
            order by transition_number
        ) as entered_before,
        row_number() over (
            partition by contact_id
            order by transition_number
        ) as place

    from {{ ref('stage_transitions') }}

),

contact_stages as (

    select
        contact_id,
        stage

    from {{ ref('contact_stages') }}

),

lifecycle_stages as (

    select
        contact_id,
        stage

    from {{ ref('lifecycle_stages') }}

),

broken_transitions as (

    select
        contact_id,
        'does not follow from the one before' as problem

    from stage_transitions

    where
        transition_number <> place
        or stage = stage_before
        or coalesce(previous_stage, '') <> coalesce(stage_before, '')
        or entered_at < entered_before

),

stages_that_differ as (

    select
        coalesce(contact_stages.contact_id, lifecycle_stages.contact_id) as contact_id,
        'is not the stage of now' as problem

    from contact_stages

    full outer join lifecycle_stages
        on contact_stages.contact_id = lifecycle_stages.contact_id

    where coalesce(contact_stages.stage, '') <> coalesce(lifecycle_stages.stage, '')

),

problems as (

    select * from broken_transitions

    union all

    select * from stages_that_differ

)

select * from problems
