with

audience_members as (

    select
        audience,
        contact_id,
        entry_number,
        is_holdout,
        entered_at,
        case when is_holdout then 'holdout' else coalesce(arm, 'all') end as arm

    from {{ ref('audience_members') }}

),

conversions as (

    select
        contact_id,
        occurred_at

    from {{ ref('conversions') }}

),

-- Whoever enters counts, also if they leave: they leave because they bought.
entries_converted as (

    select distinct
        audience_members.audience,
        audience_members.contact_id,
        audience_members.entry_number

    from audience_members

    inner join conversions
        on
            audience_members.contact_id = conversions.contact_id
            and audience_members.entered_at < conversions.occurred_at
            and {{ dbt.dateadd(
                'day', var('conversion_window_days'), 'audience_members.entered_at'
            ) }} >= conversions.occurred_at

),

arms_counted as (

    select
        audience_members.audience,
        audience_members.arm,
        audience_members.is_holdout,
        {{ whole_number('count(*)') }} as entries,
        {{ count_when('entries_converted.contact_id is not null') }} as converted

    from audience_members

    left outer join entries_converted
        on
            audience_members.audience = entries_converted.audience
            and audience_members.contact_id = entries_converted.contact_id
            and audience_members.entry_number = entries_converted.entry_number

    group by
        audience_members.audience,
        audience_members.arm,
        audience_members.is_holdout

),

holdouts as (

    select
        audience,
        entries,
        converted

    from arms_counted

    where is_holdout

),

audience_lift as (

    select
        arms_counted.*,
        {{ rounded_ratio('arms_counted.converted', 'arms_counted.entries', 6) }}
            as conversion_rate,
        {{ rounded_ratio('holdouts.converted', 'holdouts.entries', 6) }}
            as holdout_rate,
        {{ rounded_ratio(
            'arms_counted.converted * holdouts.entries',
            '(1.0 * arms_counted.entries) * holdouts.converted',
            2
        ) }} as lift

    from arms_counted

    left outer join holdouts
        on arms_counted.audience = holdouts.audience

)

select * from audience_lift
