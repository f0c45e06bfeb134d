with

sources as (

    select source

    from {{ ref('source_profiles') }}

    group by source

),

attribute_priority as (

    select
        attribute,
        source,
        cast(priority as {{ dbt.type_int() }}) as priority

    from {{ ref('attribute_priority') }}

),

priorities_of_sources as (

    select
        sources.source,
        attribute_priority.attribute,
        attribute_priority.priority

    from sources

    left join attribute_priority
        on sources.source = attribute_priority.source

),

priorities as (

    select
        source,
        {{ priorities_by_attribute() }}

    from priorities_of_sources

    group by source

)

select * from priorities
