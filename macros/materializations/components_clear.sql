{#-
    Drops what a connected_components model worked with.

    work: prefix of the work tables
    levels: in how many steps the suspects were joined again
-#}
{% macro components_clear(work, levels) -%}
    {%- set names = [
        'links', 'closed', 'level_closed', 'suspects', 'holds', 'marks', 'cluster_marks',
        'cluster_holds', 'kept_holds', 'chained', 'unchained_holds', 'separated', 'result',
    ] -%}
    {%- for level in range(levels + 1) -%}{%- do names.append('clusters_' ~ level) -%}{%- endfor -%}
    {{ components_drop(work, names) }}
{%- endmacro %}
