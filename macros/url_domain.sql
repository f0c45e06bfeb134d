{#-
    The host of a URL in lower case, without www. and port; null if there is none.

    expression: text, a URL with or without its scheme
-#}
{% macro url_domain(expression) -%}
    {%- set text = 'lower(trim(' ~ expression ~ '))' -%}
    {%- set without_scheme = regex_replace(text, '^([a-z]+://)?(www[.])?') -%}
    nullif({{ regex_replace(without_scheme, '[/?#:].*$') }}, '')
{%- endmacro %}
