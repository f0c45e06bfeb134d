-- No table and no view: nowhere can one read who was forgotten.
{{ config(materialized='ephemeral') }}

with

given_identifiers as (

    select * from {{ ref('given_identifiers') }}

),

suppressed_hashes as (

    select * from {{ ref('suppressed_hashes') }}

),

suppression_key as (

    select max(suppression_key) as suppression_key

    from suppressed_hashes

),

country_names as (

    select * from {{ ref('country_names') }}

),

source_countries as (

    select * from {{ ref('source_countries') }}

),

-- They are distinct already. Past `distinct` PostgreSQL does not write phone_digits out
-- in each of its uses below, for each shape and type, which took minutes to plan.
identifiers_read as (

    select distinct
        *,
        nullif(trim(given_value), '') as trimmed,
        case
            when identifier_type = 'phone' then {{ phone_digits('given_value') }}
        end as phone_digits,
        {{ country_key('given_country') }} as country_key

    from given_identifiers

),

-- Hashed here, apart from the join below, so that each is hashed once.
identifiers_hashed as (

    select
        identifiers_read.*,
        {{ ledger_hash('suppression_key.suppression_key', 'identifier_type', "
            case identifier_type
                when 'email' then " ~ normalize_email('given_value') ~ "
                when 'phone' then " ~ normalize_phone('phone_digits', 'dialling') ~ "
                when 'record_id' then identifiers_read.source || ':' || trimmed
                else trimmed
            end
        ") }} as identifier_hash

    from identifiers_read

    cross join suppression_key

    left join source_countries
        on identifiers_read.source = source_countries.source

    left join country_names
        on identifiers_read.country_key = country_names.country_key

    -- As in normalised_profiles.
    left join country_names as dialling
        on dialling.country_key = lower(
            case
                when nullif(trim(identifiers_read.given_country), '') is null
                    then source_countries.country_code
                else country_names.country_code
            end
        )

),

suppressed_values as (

    select
        identifiers_hashed.shape,
        identifiers_hashed.source,
        identifiers_hashed.identifier_type,
        identifiers_hashed.given_value,
        identifiers_hashed.given_country

    from identifiers_hashed

    inner join suppressed_hashes
        on
            identifiers_hashed.identifier_type = suppressed_hashes.identifier_type
            and identifiers_hashed.identifier_hash = suppressed_hashes.identifier_hash

)

select * from suppressed_values
