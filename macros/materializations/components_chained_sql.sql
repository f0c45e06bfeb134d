{#-
    The clusters that differ and that a chain of values would join all the same: all, or all
    but the first where the distinction says so.

    level: prefix of the work tables of the steps
-#}
{% macro components_chained_sql(level) -%}
    {%- set closed = level ~ '_closed' -%}
    {%- set marks = level ~ '_marks' -%}
    with

    conflicts as (
        select
            closed.component, marks.distinction, min(marks.cluster_number) as first_cluster
        from {{ closed }} as closed
        inner join {{ marks }} as marks
            on closed.record_number = marks.cluster_number
        group by closed.component, marks.distinction
        having min(marks.distinct_value) <> max(marks.distinct_value)
    )

    select distinct marks.cluster_number
    from conflicts
    inner join {{ closed }} as closed
        on conflicts.component = closed.component
    inner join {{ marks }} as marks
        on closed.record_number = marks.cluster_number
        and conflicts.distinction = marks.distinction
    where marks.cluster_number <> conflicts.first_cluster or marks.oldest_keeps = 0
{%- endmacro %}
