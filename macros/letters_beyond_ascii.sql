{#- Ranges of the letters beyond ASCII, for a regular expression: all but signs and blanks. -#}
{% macro letters_beyond_ascii() -%}
    {{ '\u00a1-\u1fff\u2c00-\u2fef\u3005-\U0010ffff' }}
{%- endmacro %}
