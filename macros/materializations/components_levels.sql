{#-
    The strengths of what the suspects hold, in the order in which they join: the strongest and
    the weakest of a step, and whether nothing outweighs them. Such strengths are one step.

    work: prefix of the work tables
-#}
{% macro components_levels(work) -%}
    {%- set found = run_query(
        'select distinct holds.strength, outweighed.most from '
        ~ work ~ '_holds' ~ ' as holds cross join (select max(outweighs)'
        ~ ' as most from ' ~ work ~ '_marks' ~ ') as outweighed'
        ~ ' order by holds.strength desc'
    ) -%}
    {%- set strengths = found.columns[0].values() | map('int') | list -%}
    {%- set most = found.columns[1].values()[0] | int -%}
    {%- set levels = [] -%}
    {%- set free = strengths | select('>', most) | list -%}
    {%- if free -%}{%- do levels.append((free | max, free | min, true)) -%}{%- endif -%}
    {%- for strength in strengths if strength <= most -%}
        {%- do levels.append((strength, strength, false)) -%}
    {%- endfor -%}
    {{ return(levels) }}
{%- endmacro %}
