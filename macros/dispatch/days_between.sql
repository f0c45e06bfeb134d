{#-
    Elapsed days from one timestamp to another, with their fraction: elapsed seconds / 86,400,
    in double precision.

    earlier: timestamp
    later: timestamp
-#}
{% macro days_between(earlier, later) -%}
    {{ adapter.dispatch('days_between', 'decile')(earlier, later) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    (epoch_us({{ later }}) - epoch_us({{ earlier }})) / 86400000000.0
{%- endmacro %}

{% macro postgres__days_between(earlier, later) -%}
    (
        cast(extract(epoch from {{ later }}) as double precision)
        - cast(extract(epoch from {{ earlier }}) as double precision)
    ) / 86400.0
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    (unix_micros({{ later }}) - unix_micros({{ earlier }})) / 86400000000.0
{%- endmacro %}
