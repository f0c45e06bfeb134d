{#-
    Points that halve with every half-life, in whole millionths: exact numbers, whose sum
    does not depend on the order of the rows. Without a half-life nothing decays.

    millionths: points times 1,000,000, a whole number
    age_days: elapsed days, double
    half_life_days: days, or null
-#}
{% macro decayed_millionths(millionths, age_days, half_life_days) -%}
    {#- The exponent is held at 60: PostgreSQL raises where a double underflows. -#}
    cast(
        floor(
            {{ millionths }} * power(
                0.5, least(60.0, coalesce({{ age_days }} / {{ half_life_days }}, 0.0))
            ) + 0.5
        ) as {{ dbt.type_bigint() }}
    )
{%- endmacro %}
