with

tracks as (

    {{ raw_columns('web', 'tracks') }}

),

answers as (

    select
        'web' as source,
        anonymous_id,
        content_name as purpose,
        replace(event, 'consent_', '') as status,
        {{ safe_cast_timestamp('occurred_at') }} as changed_at,
        {{ safe_cast_timestamp('received_at') }} as loaded_at

    from tracks

    where event in ('consent_granted', 'consent_denied')

),

consents as (

    {{ as_shape('consents', 'answers') }}

)

select * from consents
