-- An id that ever stood in the registry is held today, went into another that leads to
-- one that is held, or has no record left: merges and splits count what left it.

with

registry as (

    select
        record_key,
        contact_id,
        lag(contact_id) over (
            partition by record_key order by assignment
        ) as left_contact_id,
        cause

    from {{ ref('contact_registry') }}

),

live_contacts as (

    select contact_id

    from {{ ref('identity_contacts') }}

    where is_contact

    group by contact_id

),

-- Rows of before the registry told the cause are not counted.
moves as (

    select
        left_contact_id as contact_id,
        count(*) as records

    from registry

    where
        left_contact_id is not null
        and cause is not null

    group by left_contact_id

),

ids_merged as (

    select
        merged_contact_id,
        current_contact_id,
        records_moved

    from {{ ref('contact_merges') }}

),

departures as (

    select
        merged_contact_id as contact_id,
        records_moved

    from ids_merged

    union all

    select
        contact_id,
        records_moved

    from {{ ref('contact_splits') }}

),

departures_by_id as (

    select
        contact_id,
        sum(records_moved) as records

    from departures

    group by contact_id

),

differences as (

    select
        coalesce(moves.contact_id, departures_by_id.contact_id) as contact_id,
        'records that left are not those of merges and splits' as problem

    from moves

    full outer join departures_by_id
        on moves.contact_id = departures_by_id.contact_id

    where coalesce(moves.records, 0) <> coalesce(departures_by_id.records, 0)

    union all

    select
        ids_merged.merged_contact_id as contact_id,
        'it leads to an id that is not held' as problem

    from ids_merged

    left join live_contacts
        on ids_merged.current_contact_id = live_contacts.contact_id

    where
        ids_merged.current_contact_id is not null
        and live_contacts.contact_id is null

    union all

    select
        ids_merged.merged_contact_id as contact_id,
        'it is held, and leads to another' as problem

    from ids_merged

    inner join live_contacts
        on ids_merged.merged_contact_id = live_contacts.contact_id

    where coalesce(ids_merged.current_contact_id, '') <> ids_merged.merged_contact_id

)

select * from differences
