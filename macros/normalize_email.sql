{#-
    An e-mail address as an identifier: trimmed, lower case; null where it is no address.

    expression: text
-#}
{% macro normalize_email(expression) -%}
    case
        when
            {{ matches_regex(
                'lower(trim(' ~ expression ~ '))',
                '^[^@ ,;:<>()]+@[a-z0-9-]+([.][a-z0-9-]+)+$'
            ) }}
            then lower(trim({{ expression }}))
    end
{%- endmacro %}
