{#-
    What clusters hold, of some strengths.

    work: prefix of the work tables
    clusters: table of records and their clusters
    strongest: greatest strength
    weakest: least strength
-#}
{% macro components_cluster_holds_sql(work, clusters, strongest, weakest) -%}
    select distinct
        clusters.cluster_number, holds.identifier_hash, holds.identifier_check
    from {{ work }}_holds as holds
    inner join {{ clusters }} as clusters
        on holds.record_number = clusters.record_number
    where holds.strength between {{ weakest }} and {{ strongest }}
{%- endmacro %}
