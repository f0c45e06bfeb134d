with

records as (

    select *

    from {{ ref('identity_records') }}

    where not is_deleted

),

identifiers_carried as (

    {{ identifiers_of({
        'record_id': "source || ':' || source_record_id",
        'linked_record_id': "source || ':' || linked_source_record_id",
        'email': 'email',
        'phone': 'phone',
        'external_id': 'external_id',
        'anonymous_id': 'anonymous_id',
    }) }}

),

decisions as (

    select *

    from {{ ref('decided_records') }}

    where decision = 'same'

),

-- A person's word that two records are one is an identifier that both hold.
identifiers_decided as (

    select
        records.record_number,
        'same_person' as identifier_type,
        decisions.decision_key as identifier_value

    from records

    inner join decisions
        on records.record_key = decisions.record_key

),

identifiers as (

    select * from identifiers_carried

    union all

    select * from identifiers_decided

    union all

    select
        record_number,
        identifier_type,
        identifier_value

    from {{ ref('composite_identifiers') }}

),

identifiers_of_records as (

    select
        identifiers.record_number,

        -- Both ids of a link are record ids.
        replace(identifiers.identifier_type, 'linked_', '') as identifier_type,
        identifiers.identifier_value,
        {{ identifier_hashes(
            "replace(identifiers.identifier_type, 'linked_', '')",
            'identifiers.identifier_value'
        ) }},
        records.source,
        records.first_seen_at,

        -- These two tell how many others hold it.
        case
            when records.record_kind = 'profile' and records.email is not null
                then {{ number_of_text("'email'", 'records.email') }}
        end as profile_email_hash,
        records.record_kind = 'profile' as is_profile

    from identifiers

    inner join records
        on identifiers.record_number = records.record_number

)

select * from identifiers_of_records
