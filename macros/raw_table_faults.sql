{#-
    What is missing of one raw table: a list of sentences.

    table: its source node
    contract: its entry in source_contract()
-#}
{% macro raw_table_faults(table, contract) -%}
    {%- set source_name, name = table.source_name, table.name -%}
    {%- set place = [table.database, table.schema, table.identifier] | join('.') -%}
    {%- set relation = adapter.get_relation(table.database, table.schema, table.identifier) -%}
    {%- if not relation -%}
        {{ return([
            source_name ~ '.' ~ name ~ ': there is no table ' ~ place ~ '. Set the vars '
            ~ source_name ~ '_database, ' ~ source_name ~ '_schema or ' ~ source_name ~ '_'
            ~ name ~ '_identifier to where it is, or list it in ' ~ source_name
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
            ~ '. It has ' ~ found | sort | join(', ') ~ '. If this is another table, set '
            ~ source_name ~ '_' ~ name ~ '_identifier.'
        ) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro %}
