with

contacts as (

    select
        contact_id,
        email

    from {{ ref('contacts') }}

),

scores as (

    select *

    from {{ ref('lead_scores') }}

    where scenario = 'default'

),

hubspot_records as (

    select
        contact_id,
        replace(identifier_value, 'hubspot:', '') as hubspot_record_id,

        -- HubSpot numbers its records: the shortest and smallest id is the oldest one.
        row_number() over (
            partition by contact_id
            order by length(identifier_value), identifier_value
        ) as record_number

    from {{ ref('contact_identifiers') }}

    where
        identifier_type = 'record_id'
        and source = 'hubspot'

),

records_with_scores as (

    select
        coalesce(hubspot_records.hubspot_record_id, contacts.contact_id) as sync_key,
        contacts.contact_id,
        hubspot_records.hubspot_record_id,

        -- A unique property of HubSpot can be on one record only.
        case
            when coalesce(hubspot_records.record_number, 1) = 1 then contacts.contact_id
        end as hubspot_contact_key,
        case when hubspot_records.contact_id is null then contacts.email end as email,

        scores.lead_score,
        scores.decile,
        scores.band,
        scores.grade,
        scores.qualification,
        scores.fit_score,
        scores.engagement_score,
        scores.top_reasons,
        scores.is_disqualified

    from contacts

    left join hubspot_records
        on contacts.contact_id = hubspot_records.contact_id

    left join scores
        on contacts.contact_id = scores.contact_id

)

select * from records_with_scores
