{#-
    Writes a work table of a connected_components model, over what an earlier run left.

    work: prefix of the model's work tables
    name: what the table holds
    query: the select it is made of
-#}
{% macro components_step(work, name, query) -%}
    {%- set table = components_relation(work, name) -%}
    {%- do run_together([
        'drop table if exists ' ~ table,
        'create table ' ~ table ~ ' as ' ~ query,
    ]) -%}
{%- endmacro %}
