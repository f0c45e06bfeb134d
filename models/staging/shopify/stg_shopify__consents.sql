with

customers as (

    {{ raw_columns('shopify', 'customer') }}

),

decisions as (

    select
        'shopify' as source,
        {{ clean_text('id') }} as source_record_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        'email_marketing' as purpose,

        -- Never asked is not a refusal: only an explicit one is.
        case coalesce(
            upper({{ clean_text('email_marketing_consent_state') }}),
            case when {{ safe_cast_boolean('accepts_marketing') }} then 'SUBSCRIBED' end
        )
            when 'SUBSCRIBED' then 'granted'
            when 'UNSUBSCRIBED' then 'denied'
        end as status,

        coalesce(
            {{ safe_cast_timestamp('email_marketing_consent_updated_at') }},
            {{ safe_cast_timestamp('updated_at') }}
        ) as changed_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at

    from customers

),

decisions_made as (

    select * from decisions

    where status is not null

),

consents as (

    {{ as_shape('consents', 'decisions_made') }}

)

select * from consents
