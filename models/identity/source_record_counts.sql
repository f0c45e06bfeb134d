with

profiles as (

    {{ union_of_sources('profiles') }}

),

events as (

    {{ union_of_sources('events') }}

),

consents as (

    {{ union_of_sources('consents') }}

),

links as (

    {{ union_of_sources('links') }}

),

counts as (

    select
        source,
        'profiles' as shape,
        count(*) as records_in

    from profiles

    group by source

    union all

    select
        source,
        'events' as shape,
        count(*) as records_in

    from events

    group by source

    union all

    select
        source,
        'consents' as shape,
        count(*) as records_in

    from consents

    group by source

    union all

    select
        source,
        'links' as shape,
        count(*) as records_in

    from links

    group by source

)

select * from counts
