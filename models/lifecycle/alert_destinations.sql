{{ config(materialized='view') }}

-- depends_on: {{ ref('policy_problems') }}
with

fired as (

    select
        alert,
        contact_id,
        change_number,
        changed_at

    from {{ ref('alert_entries') }}

    where is_fired

),

contacts as (

    select
        contact_id,
        owner_email,
        country_code,
        region

    from {{ ref('contacts') }}

),

routes as (

    select
        {{ number_or_null('place') }} as place,
        channel,
        alert,
        owner_email,
        country_code,
        region,
        destination,
        owner

    from {{ ref('alert_routes') }}

    where is_active = 'true'

),

routes_that_fit as (

    select
        fired.alert,
        fired.contact_id,
        fired.change_number,
        routes.channel,
        routes.destination,
        -- Reserved to some, and what a person looks for.
        coalesce(routes.owner, contacts.owner_email) as owner,
        row_number() over (
            partition by
                fired.alert, fired.contact_id, fired.change_number, routes.channel
            order by routes.place, routes.destination, routes.owner
        ) as preference

    from fired

    inner join contacts
        on fired.contact_id = contacts.contact_id

    inner join routes
        on
            {{ fits_list('routes.alert', 'fired.alert') }}
            and {{ fits_list('routes.owner_email', 'contacts.owner_email') }}
            and {{ fits_list('routes.country_code', 'contacts.country_code') }}
            and {{ fits_list('routes.region', 'contacts.region') }}

),

-- Without a way to take it is an alert nonetheless, and is not sent when there is one.
alert_destinations as (

    select
        fired.alert,
        fired.contact_id,
        fired.change_number,
        fired.changed_at,
        coalesce(routes_that_fit.channel, 'none') as route,
        routes_that_fit.destination,
        routes_that_fit.owner

    from fired

    left join routes_that_fit
        on
            fired.alert = routes_that_fit.alert
            and fired.contact_id = routes_that_fit.contact_id
            and fired.change_number = routes_that_fit.change_number
            and routes_that_fit.preference = 1

)

select * from alert_destinations
