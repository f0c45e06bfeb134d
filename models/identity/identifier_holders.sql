with

identifiers as (

    select
        identifier_type,
        identifier_value,
        source,
        profile_email,
        profile_id

    from {{ ref('identity_identifiers') }}

),

holders_by_source as (

    select
        identifier_type,
        identifier_value,
        source in ('{{ var("crm_sources") | join("', '") }}') as is_crm,
        count(distinct profile_email) as emails,
        count(distinct profile_id) as profiles

    from identifiers

    group by identifier_type, identifier_value, source

),

-- An address known from two sources is not two addresses: the largest source counts.
holders as (

    select
        identifier_type,
        identifier_value,
        max(emails) as emails,
        coalesce(max(case when is_crm then emails end), 0) as crm_emails,
        coalesce(sum(case when is_crm then profiles end), 0) as crm_profiles

    from holders_by_source

    group by identifier_type, identifier_value

)

select * from holders
