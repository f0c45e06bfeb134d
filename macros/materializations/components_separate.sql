{#-
    Joins the records of the suspect groups again, from the strongest identifiers to the
    weakest, and never two clusters that differ in something which outweighs the identifier.
    Leaves `separated` with `record_number` and `component`; returns the number of steps.

    In each step first the values that would join two such clusters by themselves are taken
    from them, then those of clusters that a chain would join.

    work: prefix of the work tables; components_suspects() made them
-#}
{% macro components_separate(work) -%}
    {%- set levels = components_levels(work) -%}
    {%- for strongest, weakest in levels -%}
        {%- set clusters = components_relation(work, 'clusters_' ~ loop.index0) -%}
        {%- do components_step(work, 'cluster_marks',
            components_cluster_marks_sql(work, clusters, weakest)) -%}
        {%- do components_step(work, 'cluster_holds',
            components_cluster_holds_sql(work, clusters, strongest, weakest)) -%}
        {%- do components_step(work, 'kept_holds', components_value_cut_sql(work)) -%}
        {%- do components_close(work ~ '_level', components_star_sql(
            components_relation(work, 'kept_holds'), 'cluster_number')) -%}
        {%- if components_step(work, 'chained', components_chained_sql(work)) > 0 -%}
            {%- do components_step(work, 'unchained_holds', '
                select kept_holds.*
                from ' ~ components_relation(work, 'kept_holds') ~ ' as kept_holds
                where cluster_number not in (
                    select cluster_number from ' ~ components_relation(work, 'chained') ~ ')') -%}
            {%- do components_close(work ~ '_level', components_star_sql(
                components_relation(work, 'unchained_holds'), 'cluster_number')) -%}
        {%- endif -%}
        {%- do components_step(work, 'clusters_' ~ loop.index, '
            select
                clusters.record_number,
                coalesce(closed.component, clusters.cluster_number) as cluster_number
            from ' ~ clusters ~ ' as clusters
            left join ' ~ components_relation(work ~ '_level', 'closed') ~ ' as closed
                on clusters.cluster_number = closed.record_number') -%}
    {%- endfor -%}
    {%- do components_step(work, 'separated', '
        select
            record_number,
            min(record_number) over (partition by cluster_number) as component
        from ' ~ components_relation(work, 'clusters_' ~ levels | length)) -%}
    {{ return(levels | length) }}
{%- endmacro %}
