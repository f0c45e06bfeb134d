{{ config(materialized='view') }}

-- The key stands beside each hash. Without it nobody could be left out any more: its
-- test then stops the build here.
with

hashes_known as (

    select distinct
        identifier_type,
        identifier_hash

    from {{ ledger_relation('suppressed_identities') }}

),

keys as (

    select max(suppression_key) as suppression_key

    from {{ ledger_relation('suppression_key') }}

),

suppressed_hashes as (

    select
        hashes_known.identifier_type,
        hashes_known.identifier_hash,
        keys.suppression_key

    from hashes_known

    cross join keys

)

select * from suppressed_hashes
