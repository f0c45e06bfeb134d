with

verdicts as (

    {{ raw_columns('lead_feedback', 'verdicts') }}

),

verdicts_read as (

    select
        'lead_feedback' as source,
        {{ text_id('feedback_id') }} as source_event_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        {{ text_id('external_id') }} as external_id,
        lower({{ clean_text('verdict') }}) as verdict,
        {{ safe_cast_timestamp('decided_at') }} as occurred_at,
        coalesce(
            {{ safe_cast_timestamp('loaded_at') }},
            {{ safe_cast_timestamp('decided_at') }}
        ) as loaded_at,
        {{ clean_text('reason') }} as content_name,
        {{ clean_text('campaign') }} as campaign

    from verdicts

),

verdicts_named as (

    select
        verdicts_read.*,

        -- Any other word is quarantined as an event that the catalogue does not know.
        case
            when
                verdicts_read.verdict
                in ('accepted', 'accept', 'good', 'yes', 'true', '1')
                then 'lead_accepted'
            when
                verdicts_read.verdict
                in ('rejected', 'reject', 'bad', 'no', 'false', '0')
                then 'lead_rejected'
            else 'lead_' || verdicts_read.verdict
        end as event_name

    from verdicts_read

),

events as (

    {{ as_shape('events', 'verdicts_named') }}

)

select * from events
