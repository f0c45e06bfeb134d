{#-
    The statements that drop what a connected_components model worked with.

    work: prefix of the work tables
    levels: components_levels()
-#}
{% macro components_clear(work, levels) -%}
    {%- set names = [
        'links', 'closed', 'suspects', 'holds', 'marks', 'changes',
        'level_closed', 'level_holds', 'level_marks', 'level_kept_holds', 'level_chained',
        'level_unchained_holds', 'separated',
    ] -%}
    {%- for level in range(levels | length + 1) -%}
        {%- do names.append('level_clusters_' ~ level) -%}
    {%- endfor -%}
    {%- set drops = [] -%}
    {%- for name in names -%}
        {%- do drops.append('drop table if exists ' ~ work ~ '_' ~ name) -%}
    {%- endfor -%}
    {{ return(drops) }}
{%- endmacro %}
