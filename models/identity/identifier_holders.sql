-- Only blocked_identifiers reads it.
{{ config(materialized='ephemeral') }}

with

identifiers as (

    select
        identifier_type,
        identifier_hash,
        identifier_check,
        source,
        profile_email_hash,
        is_profile

    from
        {{ identifiers_to_judge(
            ref('identity_identifiers'), ref('rejudged_identifiers')
        ) }}

),

identifiers_named as (

    select
        identifier_hash,
        identifier_check,
        identifier_value

    from
        {{ identifiers_to_judge(
            ref('identity_identifiers'), ref('touched_identifiers')
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
        identifiers.identifier_hash,
        identifiers.identifier_check,
        identifiers.source in ('{{ var("crm_sources") | join("', '") }}') as is_crm,
        count(distinct identifiers.profile_email_hash) as emails,
        sum(case when identifiers.is_profile then 1 else 0 end) as profiles

    from identifiers

    inner join identifiers_of_many
        on identifiers.identifier_hash = identifiers_of_many.identifier_hash

    group by
        identifiers.identifier_type,
        identifiers.identifier_hash,
        identifiers.identifier_check,
        identifiers.source

),

-- An address known from two sources is not two addresses: the largest source counts.
holders_counted as (

    select
        identifier_type,
        identifier_hash,
        identifier_check,
        max(emails) as emails,
        coalesce(sum(case when is_crm then profiles end), 0) as crm_profiles,
        sum(profiles) as profiles

    from holders_by_source

    group by identifier_type, identifier_hash, identifier_check

),

holders as (

    select distinct
        holders_counted.identifier_type,
        identifiers_named.identifier_value,
        holders_counted.emails,
        holders_counted.crm_profiles,
        holders_counted.profiles

    from holders_counted

    inner join identifiers_named
        on
            holders_counted.identifier_hash = identifiers_named.identifier_hash
            and holders_counted.identifier_check = identifiers_named.identifier_check

)

select * from holders
