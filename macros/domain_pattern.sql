{#-
    The regular expression of a domain in lower case, for an SQL literal: two labels or
    more, the last of which begins with a letter.

    letters: ranges of letters that it may hold beyond ASCII
-#}
{% macro domain_pattern(letters) -%}
    {%- set letter = '[a-z' ~ letters ~ ']' -%}
    {%- set alphanumeric = '[a-z0-9' ~ letters ~ ']' -%}
    {%- set inner = '[a-z0-9' ~ letters ~ '-]*' -%}
    ({{ alphanumeric }}({{ inner ~ alphanumeric }})?[.])+{{ letter ~ inner ~ alphanumeric }}
{%- endmacro %}
