with

-- Addresses of visits are left out: a tracker behind a proxy may give its server's own.
addresses as (

    select distinct
        ip_address,
        {{ dbt.split_part('ip_address', "'.'", 1) }} as first_octet,
        {{ ipv4_number('ip_address') }} as address_number

    from {{ ref('source_events') }}

    where
        ip_address is not null
        and event_name in ({{ "'" ~ mail_touches() | join("', '") ~ "'" }})

),

data_centre_ranges as (

    select
        {{ dbt.split_part('cidr', "'.'", 1) }} as first_octet,
        {{ ipv4_number(dbt.split_part('cidr', "'/'", 1)) }} as listed_number,
        cast(
            power(
                2, 32 - {{ safe_cast_integer(dbt.split_part('cidr', "'/'", 2)) }}
            ) as {{ dbt.type_bigint() }}
        ) as range_size

    from {{ ref('data_centre_ranges') }}

),

ranges as (

    select
        first_octet,
        listed_number - listed_number % range_size as first_number,
        listed_number - listed_number % range_size + range_size - 1 as last_number

    from data_centre_ranges

),

-- No range is wider than its first octet, so that an address meets few of them.
data_centre_addresses as (

    select distinct addresses.ip_address

    from addresses

    inner join ranges
        on
            addresses.first_octet = ranges.first_octet
            and addresses.address_number >= ranges.first_number
            and addresses.address_number <= ranges.last_number

)

select * from data_centre_addresses
