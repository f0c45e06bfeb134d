{{ config(materialized='view') }}

with

audience_splits as (

    select
        audience,
        arm,
        {{ number_or_null('share') }} as arm_share

    from {{ ref('audience_splits') }}

),

shares_added_up as (

    select
        audience,
        arm,
        arm_share,
        sum(arm_share) over (
            partition by audience
            order by arm
            rows between unbounded preceding and current row
        ) as to_share,
        row_number() over (partition by audience order by arm desc) as place_from_end

    from audience_splits

),

-- The last arm ends above 1, however its shares were rounded: nobody falls between two.
audience_arms as (

    select
        audience,
        arm,
        cast(to_share - arm_share as numeric(18, 6)) as from_share,
        cast(case when place_from_end = 1 then 2 else to_share end as numeric(18, 6))
            as to_share

    from shares_added_up

)

select * from audience_arms
