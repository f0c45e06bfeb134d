-- A record that a decision names and no source has: deleted, switched off, or misspelt.
-- It is written <source>:<id>, such as hubspot:501.

{{ config(severity='warn') }}

with

decided_records as (

    select
        decision,
        record_key

    from {{ ref('decided_records') }}

),

records as (

    select record_key

    from {{ ref('identity_records') }}

)

select decided_records.*

from decided_records

left join records
    on decided_records.record_key = records.record_key

where records.record_key is null
