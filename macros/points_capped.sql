{#-
    Millionths of points as points of two decimals, between minus the cap and the cap: the
    one place where points are rounded.

    millionths: whole number
    cap: points above 0
-#}
{% macro points_capped(millionths, cap) -%}
    cast(
        round(
            greatest(
                least(
                    cast({{ millionths }} as numeric(18, 0)) * cast(0.000001 as numeric(7, 6)),
                    {{ cap }}
                ),
                -{{ cap }}
            ),
            2
        ) as numeric(18, 2)
    )
{%- endmacro %}
