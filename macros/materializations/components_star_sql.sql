{#-
    The edges of a star for each value, never every pair: its first holder to all others. Values
    are gathered by their hash, which is quick; where a second hash tells that two share the
    first, by themselves.
    Writes the work table `stars`, and returns the select of the edges.

    work: prefix of the work tables
    holds: table, or select in brackets, of who holds what: identifier_hash, identifier_check,
        identifier_type, identifier_value
    holder: column with the number of the holder
-#}
{% macro components_star_sql(work, holds, holder) -%}
    {{ components_step(work, 'stars', '
        select
            identifier_hash,
            min(' ~ holder ~ ') as low,
            min(identifier_check) <> max(identifier_check) as is_collision
        from ' ~ holds ~ ' as holds
        group by identifier_hash
        having count(*) > 1') }}
    {%- set stars = components_relation(work, 'stars') -%}
    {%- set collisions = run_query(
        'select count(*) from ' ~ stars ~ ' where is_collision'
    ).columns[0].values()[0] -%}
    {%- set edges -%}
    select stars.low, holds.{{ holder }} as high
    from {{ holds }} as holds
    inner join {{ stars }} as stars
        on holds.identifier_hash = stars.identifier_hash
    where holds.{{ holder }} <> stars.low and not stars.is_collision
    {%- if collisions > 0 %}
    union all
    select low, high
    from (
        select
            min(holds.{{ holder }}) over (
                partition by holds.identifier_type, holds.identifier_value
            ) as low,
            holds.{{ holder }} as high
        from {{ holds }} as holds
        inner join {{ stars }} as stars
            on holds.identifier_hash = stars.identifier_hash
        where stars.is_collision
    ) as collided
    where low <> high
    {%- endif -%}
    {%- endset -%}
    {{ return(edges) }}
{%- endmacro %}
