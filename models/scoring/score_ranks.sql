{%- set above = 'contacts_counted.contacts_above' -%}

with

contacts_by_points as (

    select
        as_of,
        scenario,
        measure,
        points,
        contacts

    from {{ ref('contacts_by_points') }}

),

contacts_counted as (

    select
        as_of,
        scenario,
        measure,
        points,
        {{ whole_number('contacts') }} as contacts,
        {{ whole_number('sum(contacts) over (
            partition by as_of, scenario, measure order by points desc
        ) - contacts') }} as contacts_above,
        {{ whole_number('sum(contacts) over (
            partition by as_of, scenario, measure
        )') }} as contacts_ranked,
        {{ whole_number('sum(case when points > 0 then contacts else 0 end) over (
            partition by as_of, scenario, measure
        )') }} as contacts_with_points

    from contacts_by_points

),

-- Ranks are counted, never dealt out: equal points are an equal place, the better one.
score_ranks as (

    select
        contacts_counted.*,
        case
            when contacts_counted.points <= 0 then 1
            else 10 - {{ parts_above(10, above, 'contacts_counted.contacts_ranked') }}
        end as decile,
        case
            when contacts_counted.points <= 0 then 1
            else
                100
                - {{ parts_above(100, above, 'contacts_counted.contacts_with_points') }}
        end as percentile

    from contacts_counted

)

select * from score_ranks
