{#-
    Steps that find the groups in which two records differ in what one person has once: their
    records as clusters of one (`level_clusters_0`), what these hold (`holds`) and, last, what
    tells them apart (`marks`).

    work: prefix of the work tables; `closed` is among them
    links: table, or select in brackets, of who holds what
    distinctions: table of what tells records apart
-#}
{% macro components_suspects(work, links, distinctions) -%}
    {%- set closed = work ~ '_closed' -%}
    {%- set suspects = work ~ '_suspects' -%}
    {%- set records = work ~ '_level_clusters_0' -%}
    {{ return([
        ('suspects', '
            select closed.component as linked_group, distinctions.distinction
            from ' ~ closed ~ ' as closed
            inner join ' ~ distinctions ~ ' as distinctions
                on closed.record_number = distinctions.record_number
            group by closed.component, distinctions.distinction
            having min(distinctions.distinct_hash) <> max(distinctions.distinct_hash)'),
        ('level_clusters_0', '
            select record_number, record_number as cluster_number
            from ' ~ closed ~ '
            where component in (select linked_group from ' ~ suspects ~ ')'),
        ('holds', '
            select links.*
            from ' ~ links ~ ' as links
            inner join ' ~ records ~ ' as records
                on links.record_number = records.record_number'),
        ('marks', '
            select distinctions.*
            from ' ~ distinctions ~ ' as distinctions
            inner join ' ~ records ~ ' as records
                on distinctions.record_number = records.record_number'),
    ]) }}
{%- endmacro %}
