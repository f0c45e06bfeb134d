with

records as (

    select
        record_number,
        record_kind,
        source,
        source_record_id,
        email,
        phone,
        external_id,
        anonymous_id,
        linked_source_record_id,
        first_seen_at

    from {{ ref('identity_records') }}
    where not is_deleted

),

identifiers as (

    {{ identifiers_of({
        'record_id': "source || ':' || source_record_id",
        'linked_record_id': "source || ':' || linked_source_record_id",
        'email': 'email',
        'phone': 'phone',
        'external_id': 'external_id',
        'anonymous_id': 'anonymous_id',
    }) }}

),

identifiers_of_records as (

    select
        identifiers.record_number,

        -- Both ids of a link are record ids.
        replace(identifiers.identifier_type, 'linked_', '') as identifier_type,
        identifiers.identifier_value,
        records.source,
        records.first_seen_at,

        -- These two tell how many others hold it.
        case
            when records.record_kind = 'profile' then records.email
        end as profile_email,
        case
            when records.record_kind = 'profile'
                then records.source || ':' || records.source_record_id
        end as profile_id

    from identifiers

    inner join records
        on identifiers.record_number = records.record_number

)

select * from identifiers_of_records
