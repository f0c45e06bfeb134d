with recursive

moves as (

    select
        left_contact_id,
        contact_id,
        assignment,
        moved_at

    from {{ ref('contact_moves') }}

    where cause = 'merge'

),

held_ids as (

    select contact_id

    from {{ ref('identity_contacts') }}

    where is_contact

    group by contact_id

),

ids_merged as (

    select
        left_contact_id as merged_contact_id,
        contact_id,
        moved_at as merged_at,
        count(*) as records_moved,
        row_number() over (
            partition by left_contact_id
            order by moved_at desc, max(assignment) desc, contact_id asc
        ) as recency_place

    from moves

    group by left_contact_id, contact_id, moved_at

),

-- An id that was given back is nobody else's; any other is found where it went last.
steps as (

    select
        ids_merged.merged_contact_id,
        ids_merged.contact_id as next_contact_id

    from ids_merged

    left join held_ids
        on ids_merged.merged_contact_id = held_ids.contact_id

    where
        ids_merged.recency_place = 1
        and held_ids.contact_id is null

),

-- A may have gone into B before B went into C. An id goes into an older one: it ends.
paths as (

    select
        merged_contact_id,
        merged_contact_id as found_contact_id

    from ids_merged

    union

    select
        paths.merged_contact_id,
        steps.next_contact_id as found_contact_id

    from paths

    inner join steps
        on paths.found_contact_id = steps.merged_contact_id

),

survivors as (

    select
        paths.merged_contact_id,
        paths.found_contact_id as current_contact_id

    from paths

    inner join held_ids
        on paths.found_contact_id = held_ids.contact_id

),

merges_of_today as (

    select
        ids_merged.merged_contact_id,
        ids_merged.contact_id,
        survivors.current_contact_id,
        ids_merged.merged_at,
        ids_merged.records_moved

    from ids_merged

    left join survivors
        on ids_merged.merged_contact_id = survivors.merged_contact_id

)

select * from merges_of_today
