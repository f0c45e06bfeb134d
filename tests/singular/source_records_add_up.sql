-- Nothing is dropped silently: every record is a contact's, a visitor's, deleted or
-- quarantined.

with

reconciliation as (

    select * from {{ ref('source_reconciliation') }}

),

records_lost as (

    select *

    from reconciliation

    where records_in <> contacts + visitors + deleted + quarantined

)

select * from records_lost
