{{ config(materialized='view') }}

with

members as (

    select
        audience,
        contact_id,
        arm

    from {{ ref('audience_members') }}

    where
        left_at is null
        and not is_holdout

),

permitted as (

    select
        contact_id,
        purpose

    from {{ ref('contact_permissions') }}

    where is_allowed

),

contacts as (

    select
        contact_id,
        email,
        phone

    from {{ ref('contacts') }}

),

audience_recipients as (

    select
        members.audience,
        members.contact_id,
        permitted.purpose,
        members.arm,
        contacts.email,
        contacts.phone

    from members

    inner join permitted
        on members.contact_id = permitted.contact_id

    inner join contacts
        on members.contact_id = contacts.contact_id

)

select * from audience_recipients
