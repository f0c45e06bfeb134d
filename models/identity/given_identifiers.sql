{{ config(materialized='view') }}

with

suppressed_hashes as (

    select identifier_hash

    from {{ ref('suppressed_hashes') }}

),

profiles as (

    {{ union_of_sources('profiles') }}

),

events as (

    {{ union_of_sources('events') }}

),

consents as (

    {{ union_of_sources('consents') }}

),

links as (

    {{ union_of_sources('links') }}

),

given_identifiers as (

    {{ identifiers_given('profiles') }}

    union all

    {{ identifiers_given('events') }}

    union all

    {{ identifiers_given('consents') }}

    union all

    {{ identifiers_given('links') }}

)

select * from given_identifiers
