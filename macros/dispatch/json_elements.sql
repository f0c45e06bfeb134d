{#-
    The elements of a JSON array, a row each, for a select list. A row whose array is empty,
    null or no array has none.

    expression: JSON, or JSON as text
-#}
{% macro json_elements(expression) -%}
    {{ adapter.dispatch('json_elements', 'decile')(expression) }}
{%- endmacro %}

{% macro default__json_elements(expression) -%}
    unnest(try_cast(try_cast({{ expression }} as json) as json[]))
{%- endmacro %}

{% macro postgres__json_elements(expression) -%}
    jsonb_array_elements(
        case
            when trim(cast({{ expression }} as text)) ~ '^[[].*[]]$'
                then cast(cast({{ expression }} as text) as jsonb)
        end
    )
{%- endmacro %}

{% macro spark__json_elements(expression) -%}
    explode(from_json(cast({{ expression }} as string), 'array<string>'))
{%- endmacro %}
