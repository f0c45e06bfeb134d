with

clusters as (

    select
        record_key,
        record_kind,
        source,
        component,
        first_known_at,
        is_contact

    from {{ ref('identity_clusters') }}

),

registry as (

    select
        record_key,
        contact_id,
        row_number() over (
            partition by record_key
            order by assignment desc
        ) as recency_place

    from {{ ref('contact_registry') }}

),

records_of_contacts as (

    select
        clusters.record_key,
        clusters.record_kind,
        clusters.source,
        registry.contact_id,
        clusters.is_contact,
        clusters.first_known_at

    from clusters

    left join registry
        on
            clusters.record_key = registry.record_key
            and registry.recency_place = 1
            and clusters.is_contact

)

select * from records_of_contacts
