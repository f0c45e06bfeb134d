{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook="{{ refuse_earlier_as_of('changed_at') }}"
) }}

with

alert_changes as (

    select
        alert,
        contact_id,
        {{ whole_number('change_number') }} as change_number,
        change_kind,
        {{ as_of() }} as changed_at,
        conditions_digest,
        change_kind = 'entered' and held_back is null as is_fired,
        held_back

    from {{ ref('alert_changes') }}

),

-- What was written is not written again, should this model be built by itself.
alert_entries as (

    select alert_changes.*

    from alert_changes

    {% if is_incremental() -%}
        left join {{ this }} as remembered
            on
                alert_changes.alert = remembered.alert
                and alert_changes.change_number = remembered.change_number
                and coalesce(alert_changes.contact_id, '')
                = coalesce(remembered.contact_id, '')

        where remembered.alert is null
    {%- endif %}

)

select * from alert_entries
