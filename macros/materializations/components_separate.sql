{#-
    Joins the records of the suspect groups again, from the strongest identifiers to the
    weakest, and never two clusters that differ in something which outweighs the identifier.
    Returns the steps that remain: the last of them is `separated`, with `record_number` and
    `component`.

    In each step first the values that would join two such clusters by themselves are taken
    from them, then those of clusters that a chain would join.

    work: prefix of the work tables; components_suspects() made them
    levels: components_levels()
-#}
{% macro components_separate(work, levels) -%}
    {%- set level = work ~ '_level' -%}
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
        {%- if not is_free and closed.answer[0][0] > 0 -%}
            {%- do components_close(
                level,
                components_star_sql(level ~ '_unchained_holds', 'cluster_number'),
                before=[('unchained_holds', components_unchained_sql(level))],
            ) -%}
        {%- endif -%}
        {%- set joined.steps = [
            ('clusters_' ~ loop.index, components_clusters_sql(level, clusters))] -%}
    {%- endfor -%}
    {%- set clusters = 'level_clusters_' ~ levels | length -%}
    {{ return([(clusters, joined.steps[0][1]), ('separated', '
        select
            record_number,
            min(record_number) over (partition by cluster_number) as component
        from ' ~ work ~ '_' ~ clusters)]) }}
{%- endmacro %}
