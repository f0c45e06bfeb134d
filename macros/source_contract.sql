{#-
    What the raw tables of a source must have, from <source>_tables(). There `id*` is a
    column that must be there, of `a|b` one must, and any other is null if missing. Read
    by raw_columns() and by raw_table_faults().

    source_name: name of the source, as in the var `sources`
-#}
{% macro source_contract(source_name) -%}
    {%- set contract = {} -%}
    {%- for table_name, words in context[source_name ~ '_tables']().items() -%}
        {%- set table = {'required': [], 'optional': [], 'either': []} -%}
        {%- for word in words.split() -%}
            {%- if word.endswith('*') -%}
                {%- do table.required.append(word[:-1]) -%}
            {%- elif '|' in word -%}
                {%- do table.either.append(word.split('|')) -%}
                {%- do table.optional.extend(word.split('|')) -%}
            {%- else -%}
                {%- do table.optional.append(word) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do contract.update({table_name: table}) -%}
    {%- endfor -%}
    {{ return(contract) }}
{%- endmacro %}
