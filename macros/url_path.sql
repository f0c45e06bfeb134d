{#-
    The path of a URL, without host, query and fragment: `/` at least, null of null.

    expression: text, a URL with or without its host
-#}
{% macro url_path(expression) -%}
    {%- set local_part = regex_replace(expression, '^[a-zA-Z]+://[^/?#]*') -%}
    case
        when {{ expression }} is not null
            then coalesce(nullif({{ regex_replace(local_part, '[?#].*$') }}, ''), '/')
    end
{%- endmacro %}
