with

records_judged as (

    {{ records_of_shapes(['profiles', 'events', 'consents', 'links']) }}

),

records_counted as (

    select
        source,
        shape,
        record_key,
        quarantine_reason,
        count(*) as records

    from records_judged

    group by source, shape, record_key, quarantine_reason

),

identity_records as (

    select
        record_key,
        is_deleted

    from {{ ref('identity_records') }}

),

identity_contacts as (

    select
        record_key,
        is_contact

    from {{ ref('identity_contacts') }}

),

records_placed as (

    select
        records_counted.source,
        records_counted.shape,
        records_counted.records,
        case
            when records_counted.quarantine_reason is not null then 'quarantined'
            when identity_records.is_deleted then 'deleted'
            when identity_contacts.is_contact then 'contacts'
            when not identity_contacts.is_contact then 'visitors'
        end as place

    from records_counted

    left join identity_records
        on records_counted.record_key = identity_records.record_key

    left join identity_contacts
        on records_counted.record_key = identity_contacts.record_key

)

select * from records_placed
