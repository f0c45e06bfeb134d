{#-
    The statements that create tables of the ledger and add columns to others.

    create: the new tables, as ledger_tables() gives them
    add: the new columns in the same way, by table
-#}
{% macro ledger_statements(create, add={}) -%}
    {%- set statements = [] -%}
    {%- for table, columns in add.items() -%}
        {%- for column, type in columns.items() -%}
            {%- do statements.append(
                'alter table ' ~ ledger_relation(table) ~ ' add column ' ~ column ~ ' ' ~ type
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for table, columns in create.items() -%}
        {%- set definitions = [] -%}
        {%- for column, type in columns.items() -%}
            {%- do definitions.append(column ~ ' ' ~ type) -%}
        {%- endfor -%}
        {%- do statements.append(
            'create table ' ~ ledger_relation(table) ~ ' (' ~ definitions | join(', ') ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}
