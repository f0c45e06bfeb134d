{#-
    Whether a value is in the list of a cell; an empty cell takes every value.

    cell: column with a|b|c, or null
    found: the value
-#}
{% macro fits_list(cell, found) -%}
    (
        {{ cell }} is null
        or position('|' || lower({{ found }}) || '|' in '|' || lower({{ cell }}) || '|') > 0
    )
{%- endmacro %}
