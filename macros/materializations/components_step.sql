{#-
    Writes a work table of a connected_components model, over what an earlier run left, and
    returns its number of rows: in one call, since a call costs more than a small table does.

    work: prefix of the model's work tables
    name: what the table holds
    query: the select it is made of
-#}
{% macro components_step(work, name, query) -%}
    {%- set table = components_relation(work, name) -%}
    {%- set counted = run_together([
        'drop table if exists ' ~ table,
        'create table ' ~ table ~ ' as ' ~ query,
        'select count(*) from ' ~ table,
    ]) -%}
    {{ return(counted.columns[0].values()[0] | int) }}
{%- endmacro %}
