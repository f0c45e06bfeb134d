with

records as (

    select * from {{ ref('cut_groups') }}

),

-- A link is cut where its value is held on both sides of the cut.
links as (

    select
        records.record_key,
        records.component,
        identifiers.identifier_type,
        identifiers.identifier_value,
        min(records.component) over (
            partition by identifiers.identifier_type, identifiers.identifier_value
        ) as first_component,
        max(records.component) over (
            partition by identifiers.identifier_type, identifiers.identifier_value
        ) as last_component

    from {{ ref('identity_identifiers') }} as identifiers

    inner join records
        on identifiers.record_number = records.record_number

    left join {{ ref('blocked_identifiers') }} as blocked_identifiers
        on
            identifiers.identifier_type = blocked_identifiers.identifier_type
            and identifiers.identifier_value = blocked_identifiers.identifier_value

    where blocked_identifiers.identifier_type is null

),

differences as (

    select
        links.identifier_type,
        links.identifier_value,
        distinctions.distinction

    from links

    inner join records
        on links.component = records.component

    inner join {{ ref('identity_distinctions') }} as distinctions
        on records.record_number = distinctions.record_number

    inner join {{ ref('identifier_types') }} as identifier_types
        on
            links.identifier_type = identifier_types.identifier_type
            and cast(identifier_types.strength as {{ dbt.type_int() }})
            <= distinctions.outweighs

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
        links.record_key,
        links.identifier_type,
        links.identifier_value,
        links.component,
        coalesce(reasons.reason, 'chain') as reason

    from links

    left join reasons
        on
            links.identifier_type = reasons.identifier_type
            and links.identifier_value = reasons.identifier_value

    where links.first_component <> links.last_component

)

select * from cut_links
