with

responses as (

    select
        *,
        {{ form_event_name('form_name') }} as form_event_name

    from {{ ref('stg_forms__responses') }}

),

responses_with_answer as (

    select
        *,

        -- Without a question, signing up for the newsletter is the answer.
        coalesce(
            has_consented,
            case when form_event_name = 'newsletter_subscribed' then true end
        ) as is_granted

    from responses

),

answers as (

    select
        *,
        'forms' as source,
        response_id as source_record_id,
        'email_marketing' as purpose,
        case when is_granted then 'granted' else 'denied' end as status,
        submitted_at as changed_at

    from responses_with_answer

    where is_granted is not null

),

consents as (

    {{ as_shape('consents', 'answers') }}

)

select * from consents
