{#- Ranges of every kind of blank, for a regular expression. -#}
{% macro ad_blanks() -%}
    {{ '\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000' }}
{%- endmacro %}
