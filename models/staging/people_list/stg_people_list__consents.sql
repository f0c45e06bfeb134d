with

people as (

    {{ raw_columns('people_list', 'people') }}

),

people_with_answer as (

    select
        'people_list' as source,
        {{ clean_text('row_id') }} as source_record_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        'email_marketing' as purpose,
        {{ safe_cast_boolean('email_consent') }} as is_granted,
        coalesce(
            {{ safe_cast_timestamp('met_at') }}, {{ safe_cast_timestamp('loaded_at') }}
        ) as changed_at,
        {{ safe_cast_timestamp('loaded_at') }} as loaded_at

    from people

),

-- Blank, or a word that is neither yes nor no, is no answer.
answers as (

    select
        *,
        case when is_granted then 'granted' else 'denied' end as status

    from people_with_answer

    where is_granted is not null

),

consents as (

    {{ as_shape('consents', 'answers') }}

)

select * from consents
