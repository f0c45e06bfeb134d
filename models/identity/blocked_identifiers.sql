with

holders as (

    select * from {{ ref('identifier_holders') }}

),

identifier_types as (

    select
        identifier_type,
        holder,
        cast(max_holders as {{ dbt.type_int() }}) as max_holders

    from {{ ref('identifier_types') }}

),

blocked_values as (

    select
        identifier_type,
        compared_part,
        value,
        reason

    from {{ ref('blocked_values') }}

),

holders_judged as (

    select
        holders.identifier_type,
        holders.identifier_value,
        case
            when identifier_types.holder = 'record' then holders.crm_profiles
            else holders.emails
        end as holders,
        case
            when blocked_values.reason is not null then blocked_values.reason
            when
                identifier_types.holder = 'record'
                and holders.crm_profiles > identifier_types.max_holders
                then 'too_many_records'
            when
                identifier_types.holder = 'email'
                and holders.emails > identifier_types.max_holders
                then 'too_many_emails'
            when
                holders.identifier_type = 'phone'
                and holders.crm_emails > 1
                then 'conflicting_emails'
        end as reason

    from holders

    inner join identifier_types
        on holders.identifier_type = identifier_types.identifier_type

    left join blocked_values
        on
            holders.identifier_type = blocked_values.identifier_type
            and blocked_values.value = case
                when blocked_values.compared_part = 'local_part'
                    then {{ dbt.split_part('holders.identifier_value', "'@'", 1) }}
                else holders.identifier_value
            end

),

blocked as (

    select *

    from holders_judged

    where reason is not null

)

select * from blocked
