{#-
    A boolean from the words loaders and spreadsheets write, or null.

    expression: text or boolean
-#}
{% macro safe_cast_boolean(expression) -%}
    case
        when lower(trim(cast({{ expression }} as {{ dbt.type_string() }})))
            in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim(cast({{ expression }} as {{ dbt.type_string() }})))
            in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}
