{#-
    A join that gives a row for each piece of a text, as pieces.piece. A row whose text is
    null has none.

    expression: text
    separator: the character between two pieces
-#}
{% macro split_to_rows(expression, separator) -%}
    {{ adapter.dispatch('split_to_rows', 'decile')(expression, separator) }}
{%- endmacro %}

{% macro default__split_to_rows(expression, separator) -%}
    cross join unnest(string_split({{ expression }}, '{{ separator }}')) as pieces (piece)
{%- endmacro %}

{% macro postgres__split_to_rows(expression, separator) -%}
    cross join unnest(string_to_array({{ expression }}, '{{ separator }}')) as pieces (piece)
{%- endmacro %}

{% macro spark__split_to_rows(expression, separator) -%}
    lateral view explode(split({{ expression }}, '[{{ separator }}]')) pieces as piece
{%- endmacro %}

{% macro snowflake__split_to_rows(expression, separator) -%}
    cross join lateral (
        select value as piece from table(split_to_table({{ expression }}, '{{ separator }}'))
    ) as pieces
{%- endmacro %}
