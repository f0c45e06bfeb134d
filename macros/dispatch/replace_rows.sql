{#-
    The statements that replace the rows of some record numbers in a table that a build keeps.

    target: the table
    numbers: table whose record_number says which rows go
    rows: select of the rows that come
-#}
{% macro replace_rows(target, numbers, rows) -%}
    {{ return(adapter.dispatch('replace_rows', 'decile')(target, numbers, rows)) }}
{%- endmacro %}

{% macro default__replace_rows(target, numbers, rows) -%}
    {{ return([
        'delete from ' ~ target ~ ' where record_number in (select record_number from '
        ~ numbers ~ ')',
        'insert into ' ~ target ~ ' ' ~ rows,
    ]) }}
{%- endmacro %}

{#- Tables of files have no delete: the rows that stay are written again. -#}
{% macro spark__replace_rows(target, numbers, rows) -%}
    {%- set rest = target.incorporate(path={'identifier': target.identifier ~ '__rest'}) -%}
    {{ return([
        'drop table if exists ' ~ rest,
        'create table ' ~ rest ~ ' as select kept.* from ' ~ target ~ ' as kept left anti join '
        ~ numbers ~ ' as gone on kept.record_number = gone.record_number union all ' ~ rows,
        'insert overwrite table ' ~ target ~ ' select * from ' ~ rest,
        'drop table ' ~ rest,
    ]) }}
{%- endmacro %}
