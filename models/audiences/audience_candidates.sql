with

audience_rules as (

    select * from {{ ref('audience_rules') }}

),

audience_contacts as (

    select * from {{ ref('audience_contacts') }}

),

model_contacts as (

    select * from {{ ref('audience_model_contacts') }}

),

contact_interests as (

    select
        contact_id,
        interest

    from {{ ref('contact_interests') }}

),

permissions as (

    select
        contact_id,
        purpose

    from {{ ref('contact_permissions') }}

    where is_allowed

),

-- Permission comes first: it leaves the fewest contacts to look at.
contacts_by_purpose as (

    select
        audience_contacts.*,
        permissions.purpose

    from audience_contacts

    inner join permissions
        on audience_contacts.contact_id = permissions.contact_id

    union all

    select
        audience_contacts.*,
        'none' as purpose

    from audience_contacts

),

contacts_beside_rules as (

    select
        audience_rules.*,
        contacts_by_purpose.contact_id,
        contacts_by_purpose.band,
        contacts_by_purpose.decile,
        contacts_by_purpose.stage,
        contacts_by_purpose.has_purchased,
        contacts_by_purpose.silent_days

    from audience_rules

    inner join contacts_by_purpose
        on
            audience_rules.scenario = contacts_by_purpose.scenario
            and coalesce(audience_rules.purpose, 'none') = contacts_by_purpose.purpose

),

-- A missing value fulfils no condition.
contacts_fitting as (

    select * from contacts_beside_rules

    where
        {{ in_list('band', 'bands') }}
        and {{ in_list('stage', 'stages') }}
        and (min_decile is null or decile >= min_decile)
        and (max_decile is null or decile <= max_decile)
        and (active_within_days is null or silent_days < active_within_days)
        and (silent_for_days is null or silent_days >= silent_for_days)
        and (customers is null or has_purchased = (customers = 'in'))

),

audience_candidates as (

    select
        contacts_fitting.audience,
        contacts_fitting.contact_id,
        {{ audience_reason('contacts_fitting', 'model_contacts.reason') }} as reason

    from contacts_fitting

    left outer join model_contacts
        on
            contacts_fitting.model = model_contacts.audience_model
            and contacts_fitting.contact_id = model_contacts.contact_id

    left outer join contact_interests
        on
            contacts_fitting.interest = contact_interests.interest
            and contacts_fitting.contact_id = contact_interests.contact_id

    where
        (contacts_fitting.model is null or model_contacts.contact_id is not null)
        and (
            contacts_fitting.interest is null
            or contact_interests.contact_id is not null
        )

)

select * from audience_candidates
