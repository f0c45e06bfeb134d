{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook="{{ refuse_earlier_as_of('happened_at') }}"
) }}

with

assignments as (

    select
        audience,
        contact_id,
        reason,
        cast(arm as {{ dbt.type_string() }}) as arm,
        is_holdout

    from {{ ref('audience_assignments') }}

),

remembered as (

    {% if is_incremental() -%}
        select
            audience,
            contact_id,
            entry_number,
            event,
            arm,
            is_holdout,

            -- An entry begins before it ends, even at the same moment.
            row_number() over (
                partition by audience, contact_id
                order by entry_number desc, event desc
            ) as recency_place

        from {{ this }}
    {%- else -%}
        select
            audience,
            contact_id,
            0 as entry_number,
            'left' as event,
            arm,
            is_holdout,
            1 as recency_place

        from assignments

        where 1 = 0
    {%- endif %}

),

latest as (

    select * from remembered

    where recency_place = 1

),

-- Whom an arm or the holdout changes leaves, and enters anew: an entry is of one kind.
compared as (

    select
        coalesce(assignments.audience, latest.audience) as audience,
        coalesce(assignments.contact_id, latest.contact_id) as contact_id,
        assignments.reason,
        assignments.arm,
        assignments.is_holdout,
        latest.arm as arm_before,
        latest.is_holdout as is_holdout_before,
        coalesce(latest.entry_number, 0) as entry_number,
        coalesce(latest.event = 'entered', false) as was_in,
        coalesce(
            latest.event = 'entered'
            and latest.is_holdout = assignments.is_holdout
            and coalesce(latest.arm, '') = coalesce(assignments.arm, ''),
            false
        ) as stays

    from assignments

    full outer join latest
        on
            assignments.audience = latest.audience
            and assignments.contact_id = latest.contact_id

),

audience_entries as (

    select
        audience,
        contact_id,
        {{ whole_number('entry_number') }} as entry_number,
        'left' as event,
        cast(null as {{ dbt.type_string() }}) as reason,
        arm_before as arm,
        is_holdout_before as is_holdout,
        {{ as_of() }} as happened_at

    from compared

    where was_in and not stays

    union all

    select
        audience,
        contact_id,
        {{ whole_number('entry_number + 1') }} as entry_number,
        'entered' as event,
        reason,
        arm,
        is_holdout,
        {{ as_of() }} as happened_at

    from compared

    where reason is not null and not stays

)

select * from audience_entries
