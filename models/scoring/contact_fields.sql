-- All columns of contact_event_fields are here, so that a new field is one line there,
-- or a row of the seed computed_fields.
-- noqa: disable=AM04
with

event_fields as (

    select * from {{ ref('contact_event_fields') }}

),

profiles as (

    select * from {{ ref('contact_profiles') }}

),

first_purchases as (

    select * from {{ ref('contact_first_purchases') }}

),

-- A new field is one line: here, or in contact_event_fields where it counts events.
contact_fields as (

    select
        event_fields.*,
        {{ whole_number('floor(' ~ days_between(
            'profiles.first_known_at', 'event_fields.as_of'
        ) ~ ')') }} as days_known,
        profiles.job_level,
        profiles.job_level = 'student' as is_student,
        profiles.is_competitor,

        -- Who applied for a job, or looks at jobs and at nothing that is for sale.
        not event_fields.has_purchased
        and (
            coalesce(profiles.job_level = 'job_seeker', false)
            or event_fields.job_applications > 0
            or event_fields.careers_views_90d >= 3 and event_fields.interest_90d = 0
        ) as is_job_seeker,
        profiles.has_company_email,
        profiles.has_free_mail,
        profiles.employee_count,
        profiles.industry,
        profiles.country_code,
        profiles.lead_status,
        profiles.lifecycle_status,
        first_purchases.touches_before_purchase,

        -- The price they looked at, more for a big company and for who decides.
        cast(
            event_fields.highest_price_180d
            * case
                when profiles.employee_count >= 1000 then 8
                when profiles.employee_count >= 250 then 4
                when profiles.employee_count >= 50 then 2
                else 1
            end
            * case when profiles.job_level in ('c_level', 'vp') then 1.5 else 1.0 end
            as numeric(18, 2)
        ) as potential_value

    from event_fields

    inner join profiles
        on event_fields.contact_id = profiles.contact_id

    left outer join first_purchases
        on
            event_fields.contact_id = first_purchases.contact_id
            and event_fields.as_of >= first_purchases.first_purchased_at

)

select * from contact_fields
