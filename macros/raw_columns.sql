{#-
    A select over a raw table in which a column that the loader did not land is null.
    Inside the lateral a bare name means the table's column where there is one, and the
    typed null beside it where there is none, so no catalogue is asked.

    relation: the raw table, from raw_table()
    required: columns that must be there; a missing one is the engine's error
    optional: columns that are null where they are missing
-#}
{% macro raw_columns(relation, required, optional=[]) -%}
    select landed.*
    from (
        select
            {%- for column in optional %}
            cast(null as {{ dbt.type_string() }}) as {{ column }},
            {%- endfor %}
            1 as one_row
    ) as absent
    cross join lateral (
        select
            {%- for column in required + optional %}
            {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ relation }}
    ) as landed
{%- endmacro %}
