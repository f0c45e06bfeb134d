with

members as (

    {{ raw_columns('salesforce', 'campaign_member') }}

),

campaigns as (

    {{ raw_columns('salesforce', 'campaign') }}

),

members_of_campaigns as (

    select
        {{ clean_text('members.id') }} as member_id,

        -- After a conversion both are there: the contact lives on.
        coalesce(
            {{ clean_text('members.contact_id') }}, {{ clean_text('members.lead_id') }}
        ) as source_record_id,

        -- Being on the list of a campaign is no deed: only an answer that names one is.
        case
            when
                lower(campaigns.type) like '%webinar%'
                and lower({{ clean_text('members.status') }}) like 'attended%'
                then 'webinar_attended'
            when
                (
                    lower(campaigns.type) like '%trade show%'
                    or lower(campaigns.type) like '%conference%'
                )
                and {{ safe_cast_boolean('members.has_responded') }}
                then 'trade_show_met'
        end as event_name,

        coalesce(
            {{ safe_cast_timestamp('members.first_responded_date') }},
            {{ safe_cast_timestamp('members.created_date') }}
        ) as occurred_at,
        {{ safe_cast_timestamp('members._fivetran_synced') }} as loaded_at,
        {{ clean_text('campaigns.name') }} as campaign

    from members

    inner join campaigns
        on {{ clean_text('members.campaign_id') }} = {{ clean_text('campaigns.id') }}

    where coalesce({{ safe_cast_boolean('members.is_deleted') }}, false) = false

),

answers as (

    select
        *,
        'salesforce' as source,
        event_name || ':' || member_id as source_event_id

    from members_of_campaigns

    where event_name is not null

),

events as (

    {{ as_shape('events', 'answers') }}

)

select * from events
