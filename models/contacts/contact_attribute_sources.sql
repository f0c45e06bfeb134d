{{ config(materialized='view') }}

with

candidates as (

    select
        *,
        first_value(value) over (
            partition by contact_id, attribute order by place
        ) as chosen_value

    from {{ ref('contact_attribute_candidates') }}

),

candidates_numbered as (

    select
        *,
        case
            when value <> chosen_value
                then row_number() over (
                    partition by
                        contact_id, attribute,
                        case when value <> chosen_value then 1 else 0 end
                    order by place
                )
        end as place_of_others

    from candidates

    where chosen_value is not null

),

values_chosen as (

    select
        contact_id,
        attribute,
        chosen_value as value,
        {{ of_the_row('place', [
            'tier', 'source', 'record_key', 'record_updated_at', 'priority'
        ]) }},
        {{ of_the_row('place_of_others', [
            'tier', 'value', 'source', 'record_key', 'record_updated_at', 'priority'
        ], prefix='beaten_') }},
        count(distinct case when value <> chosen_value then value end) as other_values

    from candidates_numbered

    group by contact_id, attribute, chosen_value

),

values_explained as (

    select
        contact_id,
        attribute,
        value,
        case
            when tier = 1 then 'profile'
            when tier = 2 then 'trace'
            else 'email_domain'
        end as origin,
        source,
        record_key,
        record_updated_at,
        priority,
        beaten_value,
        beaten_source,
        beaten_record_key,
        case
            when beaten_tier is null then null
            when tier < 3 and beaten_tier >= 3 then 'derived'
            when tier <> beaten_tier then 'no_profile'
            when priority < beaten_priority then 'lower_priority'
            when priority is null then 'later_value'
            when record_updated_at = beaten_record_updated_at then 'later_key'
            when coalesce(record_updated_at, beaten_record_updated_at) is null
                then 'later_key'
            else 'older'
        end as beaten_because,
        cast(other_values as {{ dbt.type_int() }}) as other_values

    from values_chosen

)

select * from values_explained
