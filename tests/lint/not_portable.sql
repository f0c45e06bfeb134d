-- A line for each thing that only some engines run, or that reads badly.
with

base as (

    select * exclude (loaded_at) from {{ ref('contact_events') }}

)

select
    contact_id::text as contact_id,
    ntile(10) over (order by points) as decile,
    count(*) filter (where is_activity) as activities,
    list_contains(sources, 'hubspot') as is_from_hubspot_and_this_line_is_longer_than_eighty_eight_columns

from base
join {{ ref('contacts') }} on base.contact_id = contacts.contact_id

qualify row_number() over (partition by contact_id order by occurred_at) = 1
