{#-
    What clusters hold without the values that are held by two clusters which differ: neither
    keeps such a value, or only the first where the distinction says so.

    level: prefix of the work tables of the steps
-#}
{% macro components_value_cut_sql(level) -%}
    {%- set holds = level ~ '_holds' -%}
    {%- set marks = level ~ '_marks' -%}
    with

    conflicts as (
        select
            holds.identifier_hash, holds.identifier_check, marks.distinction,
            min(marks.cluster_number) as first_cluster
        from {{ holds }} as holds
        inner join {{ marks }} as marks
            on holds.cluster_number = marks.cluster_number
        group by
            holds.identifier_hash, holds.identifier_check, marks.distinction
        having min(marks.distinct_value) <> max(marks.distinct_value)
    ),

    cut as (
        select distinct
            marks.cluster_number, conflicts.identifier_hash, conflicts.identifier_check
        from conflicts
        inner join {{ holds }} as holds
            on conflicts.identifier_hash = holds.identifier_hash
            and conflicts.identifier_check = holds.identifier_check
        inner join {{ marks }} as marks
            on holds.cluster_number = marks.cluster_number
            and conflicts.distinction = marks.distinction
        where marks.cluster_number <> conflicts.first_cluster or marks.oldest_keeps = 0
    )

    select holds.*
    from {{ holds }} as holds
    left join cut
        on holds.cluster_number = cut.cluster_number
        and holds.identifier_hash = cut.identifier_hash
        and holds.identifier_check = cut.identifier_check
    where cut.cluster_number is null
{%- endmacro %}
