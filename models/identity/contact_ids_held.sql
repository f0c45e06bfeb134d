with

history as (

    {{ rows_so_far('contact_registry', [
        ('record_key', dbt.type_string()),
        ('contact_id', dbt.type_string()),
        ('contact_known_since', dbt.type_timestamp()),
        ('assignment', dbt.type_int()),
        ('assigned_at', dbt.type_timestamp()),
    ]) }}

),

clusters as (

    select
        record_key,
        component,
        first_seen_at

    from {{ ref('identity_clusters') }}

    where is_contact

),

history_numbered as (

    select
        *,
        row_number() over (
            partition by record_key
            order by assignment desc
        ) as recency_place,

        -- Of two ids the older one is the one that others have known for longer.
        min(assigned_at) over (partition by contact_id) as given_at

    from history

),

ids_held as (

    select
        clusters.record_key,
        clusters.component,
        clusters.first_seen_at,
        history_numbered.contact_id,
        history_numbered.contact_known_since,
        history_numbered.assignment,
        history_numbered.given_at,
        history_numbered.recency_place = 1 as is_present

    from clusters

    inner join history_numbered
        on clusters.record_key = history_numbered.record_key

),

-- An id goes where its oldest surviving record is.
claims as (

    select
        *,
        row_number() over (
            partition by contact_id
            order by is_present desc, first_seen_at asc, record_key asc, assignment asc
        ) as place_in_contact,
        first_value(component) over (
            partition by contact_id
            order by is_present desc, first_seen_at asc, record_key asc, assignment asc
        ) as contact_component

    from ids_held

)

select * from claims
