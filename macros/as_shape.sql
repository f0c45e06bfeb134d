{#-
    A select that brings the rows of a CTE into a staging shape: its columns in order,
    cast to their types, and null where the CTE has none, as in raw_columns().

    shape: profiles, events, consents or links
    relation: name of the CTE
-#}
{% macro as_shape(shape, relation) -%}
    {%- set columns = shape_columns(shape) -%}
    select
        {%- for column, type in columns %}
        cast(delivered.{{ column }} as {{ type }}) as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from (
        select {{ null_columns(columns | map('first')) }}
    ) as absent
    cross join lateral (
        select
            {%- for column, type in columns %}
            {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ relation }}
    ) as delivered
{%- endmacro %}
