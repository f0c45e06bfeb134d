{#-
    The rows of the seed computed_fields, as they were loaded, each a dictionary by column. A row
    that could not become a column is left out: rule_problems tells what is wrong with it, and
    nothing is scored. A unit test overrides this.
-#}
{% macro computed_fields() -%}
    {%- set columns = rule_cell_kinds()['computed_fields'] | list -%}
    {%- set seed = ref('computed_fields') -%}
    {%- set fields = {} -%}
    {%- if execute and load_relation(seed) -%}
        {%- set taken = sql_fields() -%}
        {%- for row in run_query(
            'select ' ~ columns | join(', ') ~ ' from ' ~ seed ~ ' order by field'
        ).rows -%}
            {%- set field = dict(zip(columns, row)) -%}
            {%- set name = field.field or '' -%}
            {%- if (
                modules.re.match(field_name_pattern(), name) and name not in taken
                and computed_field(field) | trim
            ) -%}
                {%- do fields.update({name: field}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(fields.values() | list) }}
{%- endmacro %}
