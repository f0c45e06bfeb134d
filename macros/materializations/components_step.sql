{#-
    Writes work tables of a connected_components model, over what an earlier run left, and
    returns the number of rows of the last one: all in one call, since a call costs more than
    a small table does.

    work: prefix of the model's work tables
    steps: list of pairs: what a table holds, and the select it is made of
    done_with: what tables hold that nothing reads after these
-#}
{% macro components_step(work, steps, done_with=[]) -%}
    {%- set statements = work_tables(work, steps) -%}
    {%- for name in done_with -%}
        {%- do statements.append('drop table if exists ' ~ work ~ '_' ~ name) -%}
    {%- endfor -%}
    {%- set last = work ~ '_' ~ (steps | last)[0] -%}
    {%- set counted = run_together(statements + ['select count(*) from ' ~ last]) -%}
    {{ return(counted.columns[0].values()[0] | int) }}
{%- endmacro %}
