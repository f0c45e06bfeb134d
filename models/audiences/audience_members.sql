{{ config(materialized='view') }}

with

audience_entries as (

    select * from {{ ref('audience_entries') }}

),

entered as (

    select * from audience_entries

    where event = 'entered'

),

departed as (

    select
        audience,
        contact_id,
        entry_number,
        happened_at

    from audience_entries

    where event = 'left'

),

audience_members as (

    select
        entered.audience,
        entered.contact_id,
        entered.entry_number,
        entered.reason,
        entered.arm,
        entered.is_holdout,
        entered.happened_at as entered_at,
        departed.happened_at as left_at

    from entered

    left outer join departed
        on
            entered.audience = departed.audience
            and entered.contact_id = departed.contact_id
            and entered.entry_number = departed.entry_number

)

select * from audience_members
