with

records as (

    select * from {{ ref('cut_groups') }}

),

identifiers as (

    select
        record_number,
        identifier_type,
        identifier_value

    from {{ ref('identity_identifiers') }}

),

blocked_identifiers as (

    select
        identifier_type,
        identifier_value

    from {{ ref('blocked_identifiers') }}

),

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

    from identifiers

    inner join records
        on identifiers.record_number = records.record_number

    left join blocked_identifiers
        on
            identifiers.identifier_type = blocked_identifiers.identifier_type
            and identifiers.identifier_value = blocked_identifiers.identifier_value

    where blocked_identifiers.identifier_type is null

),

-- A link is cut where its value is held on both sides of the cut.
links_across_cuts as (

    select
        record_key,
        identifier_type,
        identifier_value,
        component

    from links

    where first_component <> last_component

)

select * from links_across_cuts
