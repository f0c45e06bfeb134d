{#-
    The identifiers of the CTE `records`, one row each: a select for each type of identifier,
    all in one.

    expressions: the value of each type, as SQL, by the name of the type
-#}
{% macro identifiers_of(expressions) -%}
    {%- for identifier_type, value in expressions.items() %}
    select
        record_number,
        '{{ identifier_type }}' as identifier_type,
        {{ value }} as identifier_value
    from records
    where {{ value }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
