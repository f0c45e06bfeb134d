with

holders as (

    select * from {{ ref('identifier_holders') }}

),

identifier_types as (

    select * from {{ ref('identifier_types') }}

),

listed_identifiers as (

    select * from {{ ref('listed_identifiers') }}

),

holders_counted as (

    select
        holders.identifier_type,
        holders.identifier_value,
        case
            when identifier_types.holder = 'email' then holders.emails
            when identifier_types.holder = 'record' then holders.crm_profiles
            when identifier_types.holder = 'profile' then holders.profiles
        end as holders,
        cast(identifier_types.max_holders as {{ dbt.type_int() }}) as max_holders,
        case
            when identifier_types.holder = 'email' then 'too_many_emails'
            else 'too_many_records'
        end as reason

    from holders

    inner join identifier_types
        on holders.identifier_type = identifier_types.identifier_type

),

values_judged as (

    select
        identifier_type,
        identifier_value,
        holders,
        reason

    from listed_identifiers

    union all

    select
        identifier_type,
        identifier_value,
        holders,
        reason

    from holders_counted

    where holders > max_holders

),

-- A listed value says more than a number of holders.
blocked as (

    select
        identifier_type,
        identifier_value,
        min(holders) as holders,
        min(reason) as reason

    from values_judged

    group by identifier_type, identifier_value

)

select * from blocked
