{#-
    Joins the records of the suspect groups again, from the strongest identifiers to the
    weakest, and never two clusters that differ in something which outweighs the identifier.
    Leaves `level_separated` with `record_number` and `component`; returns the number of steps.

    In each step first the values that would join two such clusters by themselves are taken
    from them, then those of clusters that a chain would join.

    work: prefix of the work tables; components_suspects() made them
-#}
{% macro components_separate(work) -%}
    {%- set level, levels = work ~ '_level', components_levels(work) -%}
    {%- set joined = namespace(steps=[]) -%}
    {%- for strongest, weakest, is_free in levels -%}
        {%- set clusters = level ~ '_clusters_' ~ loop.index0 -%}
        {%- set holds = components_cluster_holds_sql(work, clusters, strongest, weakest) -%}
        {%- set closed = components_close(
            level,
            components_star_sql(level ~ '_kept_holds', 'cluster_number'),
            before=joined.steps + ([('kept_holds', holds)] if is_free else [
                ('marks', components_cluster_marks_sql(work, clusters, weakest)),
                ('holds', holds),
                ('kept_holds', components_value_cut_sql(level)),
            ]),
            after=[] if is_free else [('chained', components_chained_sql(level))],
        ) -%}
        {%- if not is_free and closed.counted > 0 -%}
            {%- do components_close(
                level,
                components_star_sql(level ~ '_unchained_holds', 'cluster_number'),
                before=[('unchained_holds', components_unchained_sql(level))],
            ) -%}
        {%- endif -%}
        {%- set joined.steps = [
            ('clusters_' ~ loop.index, components_clusters_sql(level, clusters))] -%}
    {%- endfor -%}
    {%- do components_step(level, joined.steps + [('separated', '
        select
            record_number,
            min(record_number) over (partition by cluster_number) as component
        from ' ~ level ~ '_clusters_' ~ levels | length)]) -%}
    {{ return(levels | length) }}
{%- endmacro %}
