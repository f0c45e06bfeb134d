{#-
    The statements that replace the rows of some keys in a table that a build keeps.

    target: the table
    key: column that says which rows go
    keys: table with that column
    rows: select of the rows that come
-#}
{% macro replace_rows(target, key, keys, rows) -%}
    {{ return(adapter.dispatch('replace_rows', 'decile')(target, key, keys, rows)) }}
{%- endmacro %}

{% macro default__replace_rows(target, key, keys, rows) -%}
    {{ return([
        'delete from ' ~ target ~ ' where ' ~ key ~ ' in (select ' ~ key ~ ' from ' ~ keys ~ ')',
        'insert into ' ~ target ~ ' ' ~ rows,
    ]) }}
{%- endmacro %}

{#- Tables of files have no delete: the rows that stay are written again. -#}
{% macro spark__replace_rows(target, key, keys, rows) -%}
    {%- set rest = target.incorporate(path={'identifier': target.identifier ~ '__rest'}) -%}
    {{ return([
        'drop table if exists ' ~ rest,
        'create table ' ~ rest ~ ' as select kept.* from ' ~ target ~ ' as kept left anti join '
        ~ keys ~ ' as gone on kept.' ~ key ~ ' = gone.' ~ key ~ ' union all ' ~ rows,
        'insert overwrite table ' ~ target ~ ' select * from ' ~ rest,
        'drop table ' ~ rest,
    ]) }}
{%- endmacro %}
