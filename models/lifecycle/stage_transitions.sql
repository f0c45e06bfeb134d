{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook="{{ refuse_earlier_as_of('entered_at') }}"
) }}

with

contact_stages as (

    select
        contact_id,
        stage,
        reason

    from {{ ref('contact_stages') }}

),

contacts as (

    select contact_id

    from {{ ref('contacts') }}

),

remembered as (

    {% if is_incremental() -%}
        select
            contact_id,
            transition_number,
            stage,
            row_number() over (
                partition by contact_id
                order by transition_number desc
            ) as recency_place

        from {{ this }}
    {%- else -%}
        select
            contact_id,
            0 as transition_number,
            stage,
            1 as recency_place

        from contact_stages

        where 1 = 0
    {%- endif %}

),

stages_now as (

    select
        contact_id,
        stage,
        reason

    from contact_stages

    union all

    select
        remembered.contact_id,
        'gone' as stage,
        case
            when contacts.contact_id is null then 'Was merged or deleted'
            else 'Is not scored any more: refuses profiling'
        end as reason

    from remembered

    left outer join contact_stages
        on remembered.contact_id = contact_stages.contact_id

    left outer join contacts
        on remembered.contact_id = contacts.contact_id

    where
        remembered.recency_place = 1
        and contact_stages.contact_id is null

),

stage_transitions as (

    select
        stages_now.contact_id,
        {{ whole_number('coalesce(remembered.transition_number, 0) + 1') }}
            as transition_number,
        stages_now.stage,
        remembered.stage as previous_stage,
        stages_now.reason,
        {{ as_of() }} as entered_at

    from stages_now

    left outer join remembered
        on
            stages_now.contact_id = remembered.contact_id
            and remembered.recency_place = 1

    where
        remembered.contact_id is null
        or stages_now.stage <> remembered.stage

)

select * from stage_transitions
