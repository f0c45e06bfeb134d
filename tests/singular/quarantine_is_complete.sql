-- Every record that the reconciliation calls quarantined is a row of quarantine.

with

records_listed as (

    select
        source,
        shape,
        count(*) as records

    from {{ ref('quarantine') }}

    group by source, shape

),

reconciliation as (

    select
        source,
        shape,
        quarantined

    from {{ ref('source_reconciliation') }}

),

differences as (

    select
        reconciliation.source,
        reconciliation.shape,
        reconciliation.quarantined,
        records_listed.records

    from reconciliation

    left join records_listed
        on
            reconciliation.source = records_listed.source
            and reconciliation.shape = records_listed.shape

    where reconciliation.quarantined <> coalesce(records_listed.records, 0)

)

select * from differences
