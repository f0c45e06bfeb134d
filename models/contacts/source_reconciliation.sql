with

records_landed as (

    select * from {{ ref('source_record_counts') }}

),

records_placed as (

    select * from {{ ref('record_places') }}

),

places as (

    select
        source,
        shape,
        sum(case when place = 'contacts' then records else 0 end) as contacts,
        sum(case when place = 'visitors' then records else 0 end) as visitors,
        sum(case when place = 'deleted' then records else 0 end) as deleted,
        sum(case when place = 'quarantined' then records else 0 end) as quarantined,
        sum(records) as records_read

    from records_placed

    group by source, shape

),

reconciled as (

    select
        records_landed.source,
        records_landed.shape,
        records_landed.records_in,
        cast(coalesce(places.contacts, 0) as bigint) as contacts,
        cast(coalesce(places.visitors, 0) as bigint) as visitors,
        cast(coalesce(places.deleted, 0) as bigint) as deleted,
        cast(coalesce(places.quarantined, 0) as bigint) as quarantined,

        -- Nothing is known of them any more but that they were delivered.
        cast(
            records_landed.records_in - coalesce(places.records_read, 0) as bigint
        ) as suppressed

    from records_landed

    left join places
        on
            records_landed.source = places.source
            and records_landed.shape = places.shape

)

select * from reconciled
