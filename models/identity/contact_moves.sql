with

registry as (

    select
        record_key,
        contact_id,
        assignment,
        assigned_at,
        cause

    from {{ ref('contact_registry') }}

),

changes as (

    select *

    from registry

    where cause <> 'first'

),

moves as (

    select
        changes.record_key,
        changes.assignment,
        registry.contact_id as left_contact_id,
        changes.contact_id,
        changes.cause,
        changes.assigned_at as moved_at

    from changes

    inner join registry
        on
            changes.record_key = registry.record_key
            and registry.assignment = changes.assignment - 1

)

select * from moves
