with

links as (

    select * from {{ ref('links_across_cuts') }}

),

records as (

    select
        record_number,
        component

    from {{ ref('cut_groups') }}

),

distinctions as (

    select
        record_number,
        distinction,
        distinct_value,
        outweighs

    from {{ ref('identity_distinctions') }}

),

identifier_types as (

    select
        identifier_type,
        cast(strength as {{ dbt.type_int() }}) as strength

    from {{ ref('identifier_types') }}

),

differences as (

    select
        links.identifier_type,
        links.identifier_value,
        distinctions.distinction

    from links

    inner join records
        on links.component = records.component

    inner join distinctions
        on records.record_number = distinctions.record_number

    inner join identifier_types
        on
            links.identifier_type = identifier_types.identifier_type
            and distinctions.outweighs >= identifier_types.strength

    group by
        links.identifier_type, links.identifier_value, distinctions.distinction

    having min(distinctions.distinct_value) <> max(distinctions.distinct_value)

),

reasons as (

    select
        identifier_type,
        identifier_value,
        {{ distinct_list('distinction') }} as reason

    from differences

    group by identifier_type, identifier_value

),

cut_links as (

    select
        links.*,
        coalesce(reasons.reason, 'chain') as reason

    from links

    left join reasons
        on
            links.identifier_type = reasons.identifier_type
            and links.identifier_value = reasons.identifier_value

)

select * from cut_links
