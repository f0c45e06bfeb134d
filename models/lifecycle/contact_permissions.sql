{%- set purposes
    = ['email_marketing', 'sms', 'web_push', 'ad_targeting', 'profiling'] -%}

with

contacts as (

    select
        contact_id,
        email,
        phone

    from {{ ref('contacts') }}

),

consents as (

    select
        contact_id,
        purpose,
        status,
        changed_at,
        source

    from {{ ref('contact_consents') }}

),

purposes as (

    {% for purpose in purposes -%}
        select '{{ purpose }}' as purpose
        {% if not loop.last %}
            union all

        {% endif -%}
    {%- endfor %}
),

mail_fates as (

    select * from {{ ref('mail_fates') }}

),

-- A later yes lifts a complaint; a mail that arrives later, a bounce.
permissions_judged as (

    select
        contacts.contact_id,
        purposes.purpose,
        consents.changed_at,
        consents.source as consent_source,
        mail_fates.bounced_at,
        mail_fates.bounced_source,
        mail_fates.complained_at,
        mail_fates.complained_source,
        case
            when consents.status = 'denied' then 'refused'
            when consents.status is null and purposes.purpose = 'profiling'
                then 'not refused'
            when consents.status is null then 'never granted'
            when
                purposes.purpose = 'email_marketing'
                and mail_fates.complained_at >= consents.changed_at
                then 'reported as spam'
            when
                purposes.purpose = 'email_marketing'
                and mail_fates.bounced_at >= coalesce(
                    mail_fates.arrived_at, mail_fates.bounced_at
                )
                then 'address bounced'
            when purposes.purpose = 'email_marketing' and contacts.email is null
                then 'no address'
            when purposes.purpose = 'sms' and contacts.phone is null then 'no number'
            else 'granted'
        end as reason

    from contacts

    cross join purposes

    left outer join consents
        on
            contacts.contact_id = consents.contact_id
            and purposes.purpose = consents.purpose

    left outer join mail_fates
        on contacts.contact_id = mail_fates.contact_id

),

contact_permissions as (

    select
        contact_id,
        purpose,
        reason in ('granted', 'not refused') as is_allowed,
        reason,
        case reason
            when 'reported as spam' then complained_at
            when 'address bounced' then bounced_at
            else changed_at
        end as since,
        case reason
            when 'reported as spam' then complained_source
            when 'address bounced' then bounced_source
            else consent_source
        end as source

    from permissions_judged

)

select * from contact_permissions
