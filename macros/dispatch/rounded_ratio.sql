{#-
    A part of a whole with so many decimals, the same on every engine: divided in double
    precision and rounded in whole numbers. Null where the whole is 0.

    part: number
    whole: number
    decimals: how many decimals, 6 at most
-#}
{% macro rounded_ratio(part, whole, decimals) -%}
    cast(
        cast(
            floor(
                {{ adapter.dispatch('rounded_ratio', 'decile')(part) }}
                / nullif({{ whole }}, 0) * {{ 10 ** decimals }} + 0.5
            ) as {{ dbt.type_bigint() }}
        ) * cast({{ '%.6f' | format(10 ** -decimals) }} as numeric(7, 6))
        as numeric(18, {{ decimals }})
    )
{%- endmacro %}

{% macro default__rounded_ratio(part) -%}
    cast({{ part }} as double precision)
{%- endmacro %}

{% macro spark__rounded_ratio(part) -%}
    cast({{ part }} as double)
{%- endmacro %}
