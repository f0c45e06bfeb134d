with

-- An address that several contacts share, such as sales@, is no person's.
contacts as (

    select
        contact_id,
        email,
        first_name,
        count(*) over (partition by email) as sharers

    from {{ ref('contacts') }}

    where email is not null

),

scores as (

    select
        contact_id,
        lead_score,
        decile,
        band

    from {{ ref('lead_scores') }}

    where scenario = 'default'

),

stages as (

    select
        contact_id,
        stage

    from {{ ref('lifecycle_stages') }}

),

interests as (

    select
        contact_id,
        interest

    from {{ ref('contact_interests') }}

    where interest_rank = 1

),

-- A code that was used or has expired is taken out again.
open_offers as (

    select
        contact_id,
        code,
        discount,
        expires_at

    from {{ ref('offer_states') }}

    where status = 'open'

),

records as (

    select
        contact_id,
        replace(identifier_value, 'brevo:', '') as brevo_contact_id,
        row_number() over (
            partition by contact_id
            order by length(identifier_value), identifier_value
        ) as record_number

    from {{ ref('contact_identifiers') }}

    where
        identifier_type = 'record_id'
        and source = 'brevo'

),

contacts_with_attributes as (

    select
        contacts.contact_id,
        records.brevo_contact_id,
        contacts.email,
        contacts.first_name,
        scores.lead_score,
        scores.decile,
        scores.band,
        stages.stage,
        interests.interest as top_interest,
        open_offers.code as offer_code,
        open_offers.discount as offer_discount,
        open_offers.expires_at as offer_expires_at

    from contacts

    left join scores
        on contacts.contact_id = scores.contact_id

    left join stages
        on contacts.contact_id = stages.contact_id

    left join interests
        on contacts.contact_id = interests.contact_id

    left join open_offers
        on contacts.contact_id = open_offers.contact_id

    left join records
        on
            contacts.contact_id = records.contact_id
            and records.record_number = 1

    where contacts.sharers = 1

)

select * from contacts_with_attributes
