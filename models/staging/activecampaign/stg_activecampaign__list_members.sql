with

members as (

    {{ raw_columns('activecampaign', 'contact_list') }}

),

lists as (

    {{ raw_columns('activecampaign', 'list') }}

),

members_cleaned as (

    select
        {{ text_id('members.id') }} as member_id,
        coalesce({{ text_id('members.contact_id') }}, {{ text_id('members.contact') }})
            as contact_id,
        {{ clean_text('lists.name') }} as list_name,

        -- 0 was asked to confirm and has not, 3 bounced.
        case {{ text_id('members.status') }}
            when '1' then 'subscribed'
            when '2' then 'unsubscribed'
        end as status,

        -- 0 where a colleague, an import or an automation did it.
        coalesce(
            nullif({{ text_id('members.form_id') }}, '0'),
            nullif({{ text_id('members.form') }}, '0')
        ) is not null as came_by_form,
        coalesce(
            {{ safe_cast_timestamp('members.s_date') }},
            {{ safe_cast_timestamp('members.sdate') }}
        ) as subscribed_at,
        coalesce(
            {{ safe_cast_timestamp('members.u_date') }},
            {{ safe_cast_timestamp('members.udate') }}
        ) as unsubscribed_at,
        {{ safe_cast_timestamp('members._fivetran_synced') }} as loaded_at

    from members

    left join lists
        on
            coalesce({{ text_id('members.list_id') }}, {{ text_id('members.list') }})
            = {{ text_id('lists.id') }}

    where coalesce({{ safe_cast_boolean('members._fivetran_deleted') }}, false) = false

)

select * from members_cleaned
