-- What is remembered of a run: what it linked, so that the next one links what differs.
{{ config(
    materialized='connected_components',
    scope='linking_scope',
    distinctions='identity_distinctions',
    digests='changed_blocks',
    remembered={'blocked': 'blocked_identifiers'},
) }}

-- depends_on: {{ ref('linking_scope') }}
-- depends_on: {{ ref('identity_distinctions') }}
-- depends_on: {{ ref('changed_blocks') }}

with

identifiers as (

    select
        record_number,
        identifier_type,
        identifier_hash,
        identifier_check

    from {{ ref('identity_identifiers') }}

),

identifier_types as (

    select
        identifier_type,
        cast(strength as {{ dbt.type_int() }}) as strength

    from {{ ref('identifier_types') }}

),

blocked_identifiers as (

    select
        {{ identifier_hashes('identifier_type', 'identifier_value') }}

    from {{ ref('blocked_identifiers') }}

),

links as (

    select
        identifiers.record_number,
        identifiers.identifier_hash,
        identifiers.identifier_check,
        identifier_types.strength

    from identifiers

    inner join identifier_types
        on identifiers.identifier_type = identifier_types.identifier_type

    left join blocked_identifiers
        on
            identifiers.identifier_hash = blocked_identifiers.identifier_hash
            and identifiers.identifier_check = blocked_identifiers.identifier_check

    where blocked_identifiers.identifier_hash is null

)

select * from links
