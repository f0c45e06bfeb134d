{#-
    Contacts whom a sync of an audience must not send: without a granted consent, held
    out, or no members. The consents are asked themselves, not what models made of them.

    audience: name in the seed audiences
    purpose: what they must have granted
-#}
{% test audience_of(model, audience, purpose) %}

with

members as (

    select contact_id

    from {{ ref('audience_members') }}

    where
        audience = '{{ audience }}'
        and left_at is null
        and not is_holdout

),

granted as (

    select contact_id

    from {{ ref('contact_consents') }}

    where
        purpose = '{{ purpose }}'
        and status = 'granted'

),

sent_in_error as (

    select model_rows.contact_id

    from {{ model }} as model_rows

    left outer join members
        on model_rows.contact_id = members.contact_id

    left outer join granted
        on model_rows.contact_id = granted.contact_id

    where
        members.contact_id is null
        or granted.contact_id is null

)

select * from sent_in_error

{% endtest %}
