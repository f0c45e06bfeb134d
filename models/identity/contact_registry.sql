{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
    pre_hook="{{ refuse_earlier_as_of('assigned_at') }}",
) }}

with

clusters as (

    select
        record_key,
        component,
        first_seen_at,
        place_in_component

    from {{ ref('identity_clusters') }}

    where is_contact

),

ids_held as (

    select * from {{ ref('contact_ids_held') }}

),

-- Of several ids a cluster keeps the oldest, and takes a former one only if it has no
-- other.
inherited as (

    select
        *,
        row_number() over (
            partition by component
            order by
                is_present desc, given_at asc, contact_known_since asc, contact_id asc
        ) as place_in_component

    from ids_held

    where place_in_contact = 1

),

assignments as (

    select
        clusters.record_key,
        clusters.first_seen_at,
        ids_held.contact_id as held_id,
        inherited.contact_id as inherited_id,
        inherited.contact_known_since,
        coalesce(ids_held.assignment, 0) + 1 as assignment,

        -- A record that goes along with its id's claim takes the id into another; one
        -- that goes elsewhere has left it.
        case
            when ids_held.contact_id is null then 'first'
            when ids_held.contact_component = clusters.component then 'merge'
            else 'split'
        end as cause,

        -- A cluster without an id is named after its first record; the number makes it
        -- new.
        first_value(
            md5(
                clusters.record_key || '#' || cast(
                    coalesce(ids_held.assignment, 0) + 1 as {{ dbt.type_string() }}
                )
            )
        ) over (
            partition by clusters.component order by clusters.place_in_component
        ) as minted_id,
        min(clusters.first_seen_at) over (partition by clusters.component) as seen_since

    from clusters

    left join ids_held
        on
            clusters.record_key = ids_held.record_key
            and ids_held.is_present

    left join inherited
        on
            clusters.component = inherited.component
            and inherited.place_in_component = 1

),

new_assignments as (

    select
        record_key,
        coalesce(inherited_id, minted_id) as contact_id,
        coalesce(contact_known_since, seen_since) as contact_known_since,
        assignment,
        {{ as_of() }} as assigned_at,
        cause

    from assignments

    where held_id is null or held_id <> coalesce(inherited_id, minted_id)

)

select * from new_assignments
