{#-
    What is missing of one raw table: a list of sentences.

    table: its source node, of a source that source_contract() knows
-#}
{% macro raw_table_faults(table) -%}
    {%- set source_name, name = table.source_name, table.name -%}
    {%- set place = [table.database, table.schema, table.identifier] | join('.') -%}
    {%- set contract = source_contract(source_name)[name] -%}
    {%- set relation = adapter.get_relation(
        table.database, table.schema, table.identifier
    ) -%}
    {%- if not relation -%}
        {{ return([
            source_name ~ '.' ~ name ~ ': there is no table ' ~ place
            ~ '. Say where it is in the vars ' ~ source_name ~ '_database, '
            ~ source_name ~ '_schema and ' ~ source_name ~ '_' ~ name
            ~ '_identifier, or add ' ~ name ~ ' to ' ~ source_name
            ~ '_tables_absent if your loader does not land it.'
        ]) }}
    {%- endif -%}

    {%- set found = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do found.append(column.name | lower) -%}
    {%- endfor -%}
    {%- set missing = contract.required | reject('in', found) | list -%}
    {%- for group in contract.either if not group | select('in', found) | list -%}
        {%- do missing.append(group | join(' or ')) -%}
    {%- endfor -%}
    {%- set faults = [] -%}
    {%- for column in missing -%}
        {%- do faults.append(
            source_name ~ '.' ~ name ~ ': ' ~ place ~ ' has no column ' ~ column
            ~ '. It has ' ~ found | sort | join(', ')
            ~ '. If the right table has another name, set the var '
            ~ source_name ~ '_' ~ name ~ '_identifier.'
        ) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro %}
