{#-
    A select of the columns that source_contract() lists for a raw table. A column that
    the loader did not land is null, and a table it does not land is empty.

    Inside the lateral a bare name means the table's column where there is one, and the
    null beside it where there is none, so no catalogue is asked. What is there keeps
    its type: cast it before use.

    source_name: name of the source, as in the var `sources`
    table_name: name of the table in source_contract()
-#}
{% macro raw_columns(source_name, table_name) -%}
    {%- set table = source_contract(source_name)[table_name] -%}
    {%- set columns = table.required + table.optional -%}
    {%- if table_name in var(source_name ~ '_tables_absent', []) -%}
    select {{ null_columns(columns) }}
    where 1 = 0
    {%- else -%}
    select landed.*
    from (
        select {{ null_columns(table.optional + ['one_row']) }}
    ) as absent
    cross join lateral (
        select
            {%- for column in columns %}
            {{ quoted(column) }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ raw_table(source_name, table_name) }}
    ) as landed
    {%- endif -%}
{%- endmacro %}
