{#-
    The text at a place in JSON; null if there is nothing, or no JSON.

    expression: JSON, or JSON as text
    path: list of the names, and in arrays the places from 0, that lead there
-#}
{% macro json_text(expression, path) -%}
    {{ adapter.dispatch('json_text', 'decile')(expression, path) }}
{%- endmacro %}

{% macro default__json_text(expression, path) -%}
    json_extract_string(try_cast({{ expression }} as json), '{{ json_path(path) }}')
{%- endmacro %}

{#- There is no `is json` before PostgreSQL 16: brackets at both ends are taken for it. -#}
{% macro postgres__json_text(expression, path) -%}
    case
        when trim(cast({{ expression }} as text)) ~ '^[[{].*[]}]$'
            then cast(cast({{ expression }} as text) as jsonb) #>> '{ {{- path | join(',') -}} }'
    end
{%- endmacro %}

{% macro spark__json_text(expression, path) -%}
    get_json_object(cast({{ expression }} as string), '{{ json_path(path) }}')
{%- endmacro %}
