{#-
    The priority of a source for each attribute, one aggregate a column: the attribute's own
    row of the seed attribute_priority, else the source's `*` row, else last.

    No arguments; the rows grouped must have `attribute` and `priority`.
-#}
{% macro priorities_by_attribute() -%}
    {%- for attribute in contact_attributes() %}
    coalesce(
        max(case when attribute = '{{ attribute }}' then priority end),
        max(case when attribute = '*' then priority end),
        999999
    ) as {{ attribute }}_priority{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
