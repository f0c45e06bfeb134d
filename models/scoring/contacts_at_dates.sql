with

contacts as (

    select
        contact_id,
        first_known_at

    from {{ ref('contacts') }}

),

scoring_dates as (

    select as_of

    from {{ ref('scoring_dates') }}

),

profiling_refusals as (

    select
        contact_id,
        changed_at

    from {{ ref('contact_consents') }}

    where
        purpose = 'profiling'
        and status = 'denied'

),

-- Without a word about profiling a contact is scored; who refused is not, from then on.
contacts_at_dates as (

    select
        contacts.contact_id,
        scoring_dates.as_of

    from contacts

    inner join scoring_dates
        on contacts.first_known_at <= scoring_dates.as_of

    left outer join profiling_refusals
        on
            contacts.contact_id = profiling_refusals.contact_id
            and scoring_dates.as_of >= profiling_refusals.changed_at

    where profiling_refusals.contact_id is null

)

select * from contacts_at_dates
