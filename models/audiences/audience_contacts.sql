{{ config(materialized='view') }}

with

lead_scores as (

    select
        contact_id,
        scenario,
        band,
        decile

    from {{ ref('lead_scores') }}

),

contact_fields as (

    select
        contact_id,
        has_purchased,
        days_since_last_activity

    from {{ ref('contact_fields') }}

    where as_of = {{ as_of() }}

),

stages as (

    select
        contact_id,
        stage

    from {{ ref('lifecycle_stages') }}

),

audience_contacts as (

    select
        lead_scores.contact_id,
        lead_scores.scenario,
        lead_scores.band,
        lead_scores.decile,
        stages.stage,
        contact_fields.has_purchased,
        contact_fields.days_since_last_activity as silent_days

    from lead_scores

    inner join contact_fields
        on lead_scores.contact_id = contact_fields.contact_id

    left outer join stages
        on lead_scores.contact_id = stages.contact_id

)

select * from audience_contacts
