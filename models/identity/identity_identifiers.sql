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
        first_seen_at

    from {{ ref('identity_records') }}
    where not is_deleted

),

identifiers as (

    select
        record_number,
        'record_id' as identifier_type,
        source || ':' || source_record_id as identifier_value

    from records

    where source_record_id is not null

    union all

    select
        record_number,
        'email' as identifier_type,
        email as identifier_value

    from records

    where email is not null

    union all

    select
        record_number,
        'phone' as identifier_type,
        phone as identifier_value

    from records

    where phone is not null

    union all

    select
        record_number,
        'external_id' as identifier_type,
        external_id as identifier_value

    from records

    where external_id is not null

    union all

    select
        record_number,
        'anonymous_id' as identifier_type,
        anonymous_id as identifier_value

    from records

    where anonymous_id is not null

),

identifiers_of_records as (

    select
        identifiers.record_number,
        identifiers.identifier_type,
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
