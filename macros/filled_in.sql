{#-
    A text with its blanks filled in: {first_name} becomes the first name.

    text: expression with blanks in braces
    blanks: an expression for each name of a blank, none of them null
-#}
{% macro filled_in(text, blanks) -%}
    {%- set filled = namespace(text=text) -%}
    {%- for name, value in blanks.items() -%}
        {%- set filled.text = 'replace(' ~ filled.text ~ ", '{" ~ name ~ "}', " ~ value ~ ')' -%}
    {%- endfor -%}
    {{ filled.text }}
{%- endmacro %}
