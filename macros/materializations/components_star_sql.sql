{#-
    The edges of a star for each value, never every pair: its first holder to all others.

    holds: table, or select in brackets, of who holds what: identifier_hash, identifier_check
    holder: column with the number of the holder
-#}
{% macro components_star_sql(holds, holder) -%}
    with

    stars as (
        select identifier_hash, identifier_check, min({{ holder }}) as low
        from {{ holds }} as holds
        group by identifier_hash, identifier_check
        having count(*) > 1
    )

    select stars.low, holds.{{ holder }} as high
    from {{ holds }} as holds
    inner join stars
        on holds.identifier_hash = stars.identifier_hash
        and holds.identifier_check = stars.identifier_check
    where holds.{{ holder }} <> stars.low
{%- endmacro %}
