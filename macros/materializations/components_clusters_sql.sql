{#-
    Records and their clusters, after a step has closed what its values join.

    level: prefix of the work tables of the steps
    clusters: table of records and their clusters before it
-#}
{% macro components_clusters_sql(level, clusters) -%}
    select
        clusters.record_number,
        coalesce(closed.component, clusters.cluster_number) as cluster_number
    from {{ clusters }} as clusters
    left join {{ level }}_closed as closed
        on clusters.cluster_number = closed.record_number
{%- endmacro %}
