-- Nothing is dropped silently: every record is a contact's, a visitor's, deleted,
-- quarantined, or suppressed, which nobody's is as long as nobody was forgotten.

with

reconciliation as (

    select * from {{ ref('source_reconciliation') }}

),

hashes_known as (

    select count(*) as identifiers

    from {{ ref('suppressed_hashes') }}

),

records_lost as (

    select reconciliation.*

    from reconciliation

    cross join hashes_known

    where
        reconciliation.records_in
        <> reconciliation.contacts + reconciliation.visitors + reconciliation.deleted
        + reconciliation.quarantined + reconciliation.suppressed
        or reconciliation.suppressed < 0
        or (reconciliation.suppressed > 0 and hashes_known.identifiers = 0)

)

select * from records_lost
