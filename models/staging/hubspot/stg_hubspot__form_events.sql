with

submissions as (

    {{ raw_columns('hubspot', 'contact_form_submission') }}

),

forms as (

    {{ raw_columns('hubspot', 'form') }}

),

submissions_with_form as (

    select
        {{ text_id('submissions.contact_id') }} as source_record_id,
        submissions.form_id,
        submissions.timestamp as submitted_at,
        submissions._fivetran_synced as synced_at,
        {{ clean_text('submissions.page_url') }} as page_url,

        -- The title is the page's; it stands in where forms are not synced.
        coalesce({{ clean_text('forms.name') }}, {{ clean_text('submissions.title') }})
            as form_name

    from submissions

    left join forms
        on submissions.form_id = forms.guid

),

submissions_by_purpose as (

    select
        'hubspot' as source,
        'form:' || source_record_id || ':' || {{ text_id('form_id') }} || ':'
        || {{ clean_text('submitted_at') }} as source_event_id,
        source_record_id,

        -- HubSpot does not say what a form is for: its name does.
        case
            when lower(form_name) like '%newsletter%' then 'newsletter_subscribed'
            when lower(form_name) like '%demo%' then 'demo_requested'
            when
                lower(form_name) like '%download%'
                or lower(form_name) like '%guide%'
                or lower(form_name) like '%whitepaper%'
                then 'document_downloaded'
            else 'form_submitted'
        end as event_name,

        {{ safe_cast_timestamp('submitted_at') }} as occurred_at,
        {{ safe_cast_timestamp('synced_at') }} as loaded_at,
        {{ url_path('page_url') }} as page_path,
        form_name as content_name

    from submissions_with_form

),

events as (

    {{ as_shape('events', 'submissions_by_purpose') }}

)

select * from events
