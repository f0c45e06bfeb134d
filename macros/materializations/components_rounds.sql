{#-
    The steps of some rounds of contraction: each one's map, and the edges that it leaves.

    work: prefix of the closure's work tables
    first: number of the first round, from 0
    count: how many rounds
-#}
{% macro components_rounds(work, first, count) -%}
    {%- set steps = [] -%}
    {%- for round in range(first, first + count) -%}
        {%- do steps.append(('map_' ~ round, components_hook_sql(work, round))) -%}
        {%- do steps.append(('edges_' ~ (round + 1), components_rewrite_sql(work, round))) -%}
    {%- endfor -%}
    {{ return(steps) }}
{%- endmacro %}
