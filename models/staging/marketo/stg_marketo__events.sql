with

activities as (

    select * from {{ ref('stg_marketo__activities') }}

),

campaigns as (

    {{ raw_columns('marketo', 'campaign') }}

),

activities_of_campaigns as (

    select
        activities.*,

        -- A smart campaign is one step of a program, which is what people mean.
        coalesce(
            {{ clean_text('campaigns.program_name') }},
            {{ clean_text('campaigns.name') }}
        ) as campaign

    from activities

    left join campaigns
        on activities.campaign_id = {{ text_id('campaigns.id') }}

),

activities_named as (

    select
        'marketo' as source,
        source_event_id,
        source_record_id,
        case
            when event_name = 'form_submitted' then {{ form_event_name('asset_name') }}
            when event_name = 'email_opened' and lower(campaign) like 'promotion%'
                then 'promotion_opened'
            else event_name
        end as event_name,
        occurred_at,
        loaded_at,
        {{ url_path('page_url') }} as page_path,
        link_url,
        asset_name as content_name,
        campaign,
        user_agent,
        ip_address

    from activities_of_campaigns

),

events as (

    {{ as_shape('events', 'activities_named') }}

)

select * from events
