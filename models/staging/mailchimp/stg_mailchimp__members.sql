with

members as (

    {{ raw_columns('mailchimp', 'member') }}

),

lists as (

    {{ raw_columns('mailchimp', 'list') }}

),

members_of_lists as (

    select
        -- A member is one address on one list; both are needed to find it again.
        {{ clean_text('members.list_id') }} || ':' || {{ clean_text('members.id') }}
            as list_member_id,
        {{ clean_text('members.email_address') }} as email,
        {{ clean_text('members.merge_phone') }} as phone,
        {{ clean_text('members.merge_fname') }} as first_name,
        {{ clean_text('members.merge_lname') }} as last_name,
        {{ clean_text('members.merge_company') }} as company_name,
        {{ clean_text('members.country_code') }} as country_code,
        {{ clean_text('members.language') }} as language,
        lower({{ clean_text('members.status') }}) as subscription_status,
        {{ clean_text('lists.name') }} as list_name,
        {{ clean_text('members.ip_signup') }} as signup_ip_address,
        {{ safe_cast_timestamp('members.timestamp_signup') }} as signed_up_at,
        {{ safe_cast_timestamp('members.timestamp_opt') }} as opted_in_at,
        {{ safe_cast_timestamp('members.last_changed') }} as updated_at,
        {{ safe_cast_timestamp('members._fivetran_synced') }} as loaded_at,

        -- Mailchimp's delete archives a member; with a list go all who are on it.
        coalesce(lower({{ clean_text('members.status') }}) = 'archived', false)
        or coalesce({{ safe_cast_boolean('lists._fivetran_deleted') }}, false)
            as is_deleted

    from members

    left join lists
        on {{ clean_text('members.list_id') }} = {{ clean_text('lists.id') }}

)

select * from members_of_lists
