-- Only blocked_identifiers reads it.
{{ config(materialized='ephemeral') }}

with

identifiers as (

    select
        identifier_type,
        identifier_value,
        identifier_hash,
        source,
        profile_email_hash,
        is_profile

    from
        {{ identifiers_to_judge(
            ref('identity_identifiers'), ref('rejudged_identifiers')
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

holders_by_source as (

    select
        identifier_type,
        identifier_value,
        source in ('{{ var("crm_sources") | join("', '") }}') as is_crm,
        count(distinct profile_email_hash) as emails,
        sum(case when is_profile then 1 else 0 end) as profiles

    from identifiers

    where
        identifier_hash in (
            select identifiers_of_many.identifier_hash from identifiers_of_many
        )

    group by identifier_type, identifier_value, source

),

holders as (

    select
        identifier_type,
        identifier_value,
        max(emails) as emails,
        sum(case when is_crm then profiles else 0 end) as crm_profiles,
        sum(profiles) as profiles

    from holders_by_source

    group by identifier_type, identifier_value

),

-- An address known from two sources is not two addresses: the largest source counts.
holders_counted as (

    select
        holders.identifier_type,
        holders.identifier_value,
        identifier_types.max_holders,
        case identifier_types.holder
            when 'email' then holders.emails
            when 'record' then holders.crm_profiles
            when 'profile' then holders.profiles
        end as holders,
        case identifier_types.holder
            when 'email' then 'too_many_emails' else 'too_many_records'
        end as reason

    from holders

    inner join identifier_types
        on holders.identifier_type = identifier_types.identifier_type

),

crowded as (

    select
        identifier_type,
        identifier_value,
        holders,
        reason

    from holders_counted

    where holders > max_holders

)

select * from crowded
