with

identifiers as (

    select *

    from
        {{ identifiers_to_judge(
            ref('identity_identifiers'), ref('rejudged_identifiers')
        ) }}

),

identifier_types as (

    select
        identifier_type,
        cast(max_holders as {{ dbt.type_int() }}) as max_holders

    from {{ ref('identifier_types') }}

    where max_holders is not null

),

-- Few values have so many records that they can have too many holders.
identifiers_of_many as (

    select identifiers.identifier_hash

    from identifiers

    inner join identifier_types
        on identifiers.identifier_type = identifier_types.identifier_type

    group by identifiers.identifier_hash

    having count(*) > min(identifier_types.max_holders)

),

holders_by_source as (

    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.source in ('{{ var("crm_sources") | join("', '") }}') as is_crm,
        count(distinct identifiers.profile_email) as emails,
        count(distinct identifiers.profile_id) as profiles

    from identifiers

    inner join identifiers_of_many
        on identifiers.identifier_hash = identifiers_of_many.identifier_hash

    group by
        identifiers.identifier_type, identifiers.identifier_value, identifiers.source

),

-- An address known from two sources is not two addresses: the largest source counts.
holders as (

    select
        identifier_type,
        identifier_value,
        max(emails) as emails,
        coalesce(sum(case when is_crm then profiles end), 0) as crm_profiles,
        sum(profiles) as profiles

    from holders_by_source

    group by identifier_type, identifier_value

)

select * from holders
