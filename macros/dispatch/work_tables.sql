{#-
    The statements that write tables which only the present connection needs, over those of an
    earlier step: nothing of them need be kept safe on disk.

    work: work_prefix()
    steps: list of pairs: what a table holds, and the select that it is made of
    kind: what such a table is; of the engines that have none of its own
-#}
{% macro work_tables(work, steps) -%}
    {{ return(adapter.dispatch('work_tables', 'decile')(work, steps)) }}
{%- endmacro %}

{% macro default__work_tables(work, steps, kind='temporary table') -%}
    {%- set statements = [] -%}
    {%- for name, query in steps -%}
        {%- do statements.append('drop table if exists ' ~ work ~ '_' ~ name) -%}
        {%- do statements.append(
            'create ' ~ kind ~ ' ' ~ work ~ '_' ~ name ~ ' as ' ~ query
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}

{% macro duckdb__work_tables(work, steps) -%}
    {%- set statements = [] -%}
    {%- for name, query in steps -%}
        {%- do statements.append(
            'create or replace temporary table ' ~ work ~ '_' ~ name ~ ' as ' ~ query
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}

{#- What is temporary there is a view, which each step would work out anew. -#}
{% macro spark__work_tables(work, steps) -%}
    {{ return(default__work_tables(work, steps, 'table')) }}
{%- endmacro %}
