{#-
    The strengths of what the suspects hold, in the order in which they join: the strongest and
    the weakest of a step, and whether nothing outweighs them. Such strengths are one step.
    Nobody suspect: none.

    found: rows of components_strengths_sql()
-#}
{% macro components_levels(found) -%}
    {%- set free = [] -%}
    {%- set others = [] -%}
    {%- for strength, most in found -%}
        {%- do (free if strength > most else others).append(strength | int) -%}
    {%- endfor -%}
    {%- set levels = [(free | max, free | min, true)] if free else [] -%}
    {%- for strength in others -%}
        {%- do levels.append((strength, strength, false)) -%}
    {%- endfor -%}
    {{ return(levels) }}
{%- endmacro %}
