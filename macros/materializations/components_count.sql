{#-
    The number of rows of a work table of a connected_components model.

    work: prefix of the model's work tables
    name: what the table holds
-#}
{% macro components_count(work, name) -%}
    {%- set counted = run_query('select count(*) from ' ~ components_relation(work, name)) -%}
    {{ return(counted.columns[0].values()[0] | int) }}
{%- endmacro %}
