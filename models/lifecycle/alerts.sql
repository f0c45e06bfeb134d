{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook="{{ refuse_earlier_as_of('fired_at') }}"
) }}

with

destinations as (

    select * from {{ ref('alert_destinations') }}

),

definitions as (

    select
        alert,
        label,
        opening,
        scenario

    from {{ ref('alert_definitions') }}

),

contacts as (

    select
        contact_id,
        first_name,
        company_name

    from {{ ref('contacts') }}

),

interests as (

    select
        contact_id,
        interest

    from {{ ref('contact_interests') }}

    where interest_rank = 1

),

scores as (

    select
        contact_id,
        scenario,
        lead_score,
        band,
        top_reasons

    from {{ ref('lead_scores') }}

),

{% if is_incremental() -%}
    -- Once it was written it is done, on whatever channels.
    fired_before as (

        select distinct
            alert,
            contact_id,
            fired_at

        from {{ this }}

    ),
{%- endif %}

alerts as (

    select
        destinations.alert
        || ':' || destinations.contact_id
        || ':' || cast(cast(destinations.changed_at as date) as {{ dbt.type_string() }})
        || ':' || destinations.route as alert_id,
        destinations.alert,
        destinations.contact_id,
        {{ whole_number('(destinations.change_number + 1) / 2') }} as entry,
        destinations.changed_at as fired_at,
        destinations.route,
        destinations.destination,
        destinations.owner,
        coalesce(definitions.label, destinations.alert) as reason,
        scores.top_reasons as reasons,
        {{ filled_in('definitions.opening', {
            'first_name': "coalesce(contacts.first_name, 'Hello')",
            'company': "coalesce(contacts.company_name, 'you')",
            'interest': "coalesce(interests.interest, 'our products')",
        }) }} as opening,
        scores.lead_score,
        scores.band

    from destinations

    left join definitions
        on destinations.alert = definitions.alert

    left join contacts
        on destinations.contact_id = contacts.contact_id

    left join interests
        on destinations.contact_id = interests.contact_id

    left join scores
        on
            destinations.contact_id = scores.contact_id
            and definitions.scenario = scores.scenario

    {% if is_incremental() -%}
        left join fired_before
            on
                destinations.alert = fired_before.alert
                and destinations.contact_id = fired_before.contact_id
                and destinations.changed_at = fired_before.fired_at

        where fired_before.alert is null
    {%- endif %}

)

select * from alerts
