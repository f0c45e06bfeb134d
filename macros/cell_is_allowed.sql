{#-
    Whether a cell of a seed is of its kind, as an expression.

    cells: relation with kind, cell and cell_number
    found: column with the allowed value that the cell is, if it is one
    listed: column that is not null for a kind whose values are listed
-#}
{% macro cell_is_allowed(cells, found, listed) -%}
    case
        when {{ cells }}.kind = 'text' then true
        when {{ cells }}.kind = 'field name'
            then {{ matches_regex(cells ~ '.cell', field_name_pattern()) }}
        when {{ listed }} is not null then {{ found }} is not null
        when {{ cells }}.kind = 'number' then {{ cells }}.cell_number is not null
        when {{ cells }}.kind = 'number from 0' then {{ cells }}.cell_number >= 0
        when {{ cells }}.kind = 'number up to 0' then {{ cells }}.cell_number <= 0
        when {{ cells }}.kind = 'number above 0' then {{ cells }}.cell_number > 0
        when {{ cells }}.kind = 'whole number from 1'
            then {{ cells }}.cell_number >= 1
                and {{ cells }}.cell_number = floor({{ cells }}.cell_number)
    end
{%- endmacro %}
