with

responses as (

    select
        *,
        {{ form_event_name('form_name') }} as form_event_name

    from {{ ref('stg_forms__responses') }}

),

forms_sent as (

    select
        *,
        'form:' || response_id as source_event_id,

        -- Who says no to mails on the newsletter's form has not subscribed to it.
        case
            when form_event_name = 'newsletter_subscribed' and not has_consented
                then 'form_submitted'
            else form_event_name
        end as event_name

    from responses

),

-- A tick for mails on any other form is a subscription beside what the form is for.
opt_ins as (

    select
        *,
        'opt_in:' || response_id as source_event_id,
        'newsletter_subscribed' as event_name

    from responses

    where has_consented and form_event_name <> 'newsletter_subscribed'

),

form_events as (

    select * from forms_sent

    union all

    select * from opt_ins

),

form_events_of_source as (

    select
        *,
        'forms' as source,
        response_id as source_record_id,
        submitted_at as occurred_at,
        form_name as content_name

    from form_events

),

events as (

    {{ as_shape('events', 'form_events_of_source') }}

)

select * from events
