with

contact_emails as (

    select distinct
        contact_id,
        identifier_value as email

    from {{ ref('contact_identifiers') }}

    where identifier_type = 'email'

),

contact_domains as (

    select
        contact_id,
        email,
        {{ dbt.split_part('email', "'@'", 1) }} as local_part,
        {{ dbt.split_part('email', "'@'", 2) }} as email_domain,
        {{ regex_replace('email', '[.][^.]*$') }} as email_without_ending

    from contact_emails

),

typo_domains as (

    select
        typed,
        meant

    from {{ ref('typo_domains') }}

),

emails_suspected as (

    select
        contact_domains.contact_id,
        contact_domains.email,
        case
            when domains.typed is not null
                then contact_domains.local_part || '@' || domains.meant
            else contact_domains.email_without_ending || endings.meant
        end as suggested_email,
        case
            when domains.typed is not null then 'domain'
            else 'ending'
        end as suspect_part

    from contact_domains

    left join typo_domains as domains
        on contact_domains.email_domain = domains.typed

    left join typo_domains as endings
        on
            replace(
                contact_domains.email, contact_domains.email_without_ending, ''
            ) = endings.typed

    where
        domains.typed is not null
        or endings.typed is not null

)

select * from emails_suspected
