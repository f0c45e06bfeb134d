{#-
    The strengths of what the suspects hold, in the order in which they join: pairs of the
    strongest and the weakest of a step. Strengths that nothing outweighs are one step.

    work: prefix of the work tables
-#}
{% macro components_levels(work) -%}
    {%- set strengths = run_query(
        'select distinct strength from ' ~ components_relation(work, 'holds')
        ~ ' order by strength desc'
    ).columns[0].values() | map('int') | list -%}
    {%- set most = run_query(
        'select max(outweighs) from ' ~ components_relation(work, 'marks')
    ).columns[0].values()[0] | int -%}
    {%- set levels = [] -%}
    {%- set free = strengths | select('>', most) | list -%}
    {%- if free -%}{%- do levels.append((free | max, free | min)) -%}{%- endif -%}
    {%- for strength in strengths if strength <= most -%}
        {%- do levels.append((strength, strength)) -%}
    {%- endfor -%}
    {{ return(levels) }}
{%- endmacro %}
