{#-
    What tells clusters apart in the eyes of an identifier of some strength: one value for each
    cluster and distinction, the first where stronger identifiers have joined several.

    work: prefix of the work tables
    clusters: table of records and their clusters
    strength: strength of the identifier
-#}
{% macro components_cluster_marks_sql(work, clusters, strength) -%}
    select
        clusters.cluster_number,
        marks.distinction,
        min(marks.distinct_value) as distinct_value,
        max(case when marks.oldest_keeps then 1 else 0 end) as oldest_keeps
    from {{ clusters }} as clusters
    inner join {{ work }}_marks as marks
        on clusters.record_number = marks.record_number
    where marks.outweighs >= {{ strength }}
    group by clusters.cluster_number, marks.distinction
{%- endmacro %}
