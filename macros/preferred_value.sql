{#-
    An aggregate over the records of a contact: the value of one attribute, as text, from the
    record that comes first by the source's priority for it and then by recency. Priority and
    place are padded and put before the value, so that one `min` finds it without a sort.

    attribute: column of the records; `<attribute>_priority` and `recency_place` stand beside it
-#}
{% macro preferred_value(attribute) -%}
    substring(
        min(
            case
                when {{ attribute }} is not null
                    then
                        lpad(cast({{ attribute }}_priority as {{ dbt.type_string() }}), 6, '0')
                        || lpad(cast(recency_place as {{ dbt.type_string() }}), 8, '0')
                        || cast({{ attribute }} as {{ dbt.type_string() }})
            end
        ),
        15
    )
{%- endmacro %}
