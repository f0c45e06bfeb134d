{#-
    The primary value of a JSON list such as [{"label": "work", "value": "a@example.com",
    "primary": true}], or its first value if none is primary. Plain text stays as it is.

    expression: JSON as text, a list of flat objects, or plain text
-#}
{% macro json_primary_value(expression) -%}
    {%- set text = clean_text(expression) -%}
    {%- set is_secondary = '[{][^{}]*"primary": ?"?false[^{}]*[}]' -%}
    {%- set before, after = '^.*?"value": ?"', '".*$' -%}
    {%- set primary_only = regex_replace(text, is_secondary) -%}
    case
        when substring({{ text }}, 1, 1) not in ('[', '{') then {{ text }}
        when {{ matches_regex(primary_only, '"value": ?"') }}
            then {{ clean_text(regex_replace(regex_replace(primary_only, before), after)) }}
        when {{ matches_regex(text, '"value": ?"') }}
            then {{ clean_text(regex_replace(regex_replace(text, before), after)) }}
    end
{%- endmacro %}
