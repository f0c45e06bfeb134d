with

latest_by_source as (

    select * from {{ ref('contact_consent_words') }}

),

-- An unsubscribe anywhere holds everywhere; a later form is what lifts it.
strictest_first as (

    select
        contact_id,
        purpose,
        source,
        changed_at,
        case when is_refusal then 'denied' else 'granted' end as status,
        row_number() over (
            partition by contact_id, purpose
            order by
                case when is_refusal then 0 else 1 end asc, changed_at desc, source asc
        ) as strictness_place

    from latest_by_source

),

consents_of_contacts as (

    select
        contact_id,
        purpose,
        status,
        changed_at,
        source

    from strictest_first

    where strictness_place = 1

)

select * from consents_of_contacts
