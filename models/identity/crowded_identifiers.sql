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

named as (

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
        holder,
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

by_source as (

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
        by_source.identifier_type,
        by_source.identifier_hash,
        by_source.identifier_check,
        identifier_types.max_holders,
        case identifier_types.holder
            when 'email' then max(by_source.emails)
            when 'record'
                then sum(case when by_source.is_crm then by_source.profiles end)
            when 'profile' then sum(by_source.profiles)
        end as holders,
        case identifier_types.holder
            when 'email' then 'too_many_emails' else 'too_many_records'
        end as reason

    from by_source

    inner join identifier_types
        on by_source.identifier_type = identifier_types.identifier_type

    group by
        by_source.identifier_type,
        by_source.identifier_hash,
        by_source.identifier_check,
        identifier_types.holder,
        identifier_types.max_holders

),

crowded as (

    select distinct
        holders_counted.identifier_type,
        named.identifier_value,
        holders_counted.holders,
        holders_counted.reason

    from holders_counted

    inner join named
        on
            holders_counted.identifier_hash = named.identifier_hash
            and holders_counted.identifier_check = named.identifier_check

    where holders_counted.holders > holders_counted.max_holders

)

select * from crowded
