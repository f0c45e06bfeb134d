with

definitions as (

    select * from {{ ref('alert_definitions') }}

),

matches as (

    select * from {{ ref('alert_matches') }}

),

-- Rows without a contact say by what conditions an alert was watched for until now.
watches as (

    select * from {{ ref('alert_states') }}

    where contact_id is null

),

contact_states as (

    select * from {{ ref('alert_states') }}

    where contact_id is not null

),

firings as (

    select * from {{ ref('alert_firings_so_far') }}

),

watch_changes as (

    select
        coalesce(definitions.alert, watches.alert) as alert,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        coalesce(watches.change_number, 0) + 1 as change_number,
        case when definitions.alert is null then 'unwatched' else 'watched' end
            as change_kind,
        definitions.conditions_digest,
        cast(null as {{ dbt.type_string() }}) as held_back

    from definitions

    full outer join watches
        on definitions.alert = watches.alert

    where
        coalesce(definitions.conditions_digest, '')
        <> coalesce(watches.conditions_digest, '')

),

contacts_entering as (

    select
        matches.alert,
        matches.contact_id,
        coalesce(contact_states.change_number, 0) + 1 as change_number,
        'entered' as change_kind,
        cast(null as {{ dbt.type_string() }}) as conditions_digest,
        case
            -- Who is in it when somebody begins to look is no news, unless of today.
            when watch_changes.alert is not null and not matches.was_active_today
                then 'first_look'
            when
                {{ days_between('firings.last_fired_at', as_of()) }}
                < definitions.cooldown_days
                then 'cool_down'
        end as held_back

    from matches

    inner join definitions
        on matches.alert = definitions.alert

    left join watch_changes
        on matches.alert = watch_changes.alert

    left join contact_states
        on
            matches.alert = contact_states.alert
            and matches.contact_id = contact_states.contact_id

    left join firings
        on
            matches.alert = firings.alert
            and matches.contact_id = firings.contact_id

    where coalesce(contact_states.change_kind, 'left') = 'left'

),

contacts_leaving as (

    select
        contact_states.alert,
        contact_states.contact_id,
        contact_states.change_number + 1 as change_number,
        'left' as change_kind,
        cast(null as {{ dbt.type_string() }}) as conditions_digest,
        cast(null as {{ dbt.type_string() }}) as held_back

    from contact_states

    left join matches
        on
            contact_states.alert = matches.alert
            and contact_states.contact_id = matches.contact_id

    where
        contact_states.change_kind = 'entered'
        and matches.contact_id is null

),

alert_changes as (

    select * from watch_changes

    union all

    select * from contacts_entering

    union all

    select * from contacts_leaving

)

select * from alert_changes
