{#-
    Writes work tables of a connected_components model, over what an earlier run left, and
    returns the rows that answer a question about them: all in one call, since a call costs
    more than a small table does.

    work: prefix of the model's work tables
    steps: list of pairs: what a table holds, and the select it is made of
    done_with: what tables hold that nothing reads after these
    question: select of what is asked; none: how many rows the last table has
-#}
{% macro components_step(work, steps, done_with=[], question=none) -%}
    {%- set statements = work_tables(work, steps) -%}
    {%- for name in done_with -%}
        {%- do statements.append('drop table if exists ' ~ work ~ '_' ~ name) -%}
    {%- endfor -%}
    {%- set counted = 'select count(*) from ' ~ work ~ '_' ~ (steps | last)[0] -%}
    {{ return(run_together(statements + [question or counted]).rows) }}
{%- endmacro %}
