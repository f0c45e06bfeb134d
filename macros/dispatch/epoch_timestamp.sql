{#-
    A UTC timestamp without zone from a count since 1970; null of null.

    microseconds: number
-#}
{% macro epoch_timestamp(microseconds) -%}
    {{ adapter.dispatch('epoch_timestamp', 'decile')(microseconds) }}
{%- endmacro %}

{% macro default__epoch_timestamp(microseconds) -%}
    make_timestamp(cast({{ microseconds }} as bigint))
{%- endmacro %}

{% macro postgres__epoch_timestamp(microseconds) -%}
    (
        cast('1970-01-01' as timestamp)
        + cast({{ microseconds }} as bigint) * interval '1 microsecond'
    )
{%- endmacro %}

{% macro spark__epoch_timestamp(microseconds) -%}
    timestamp_micros(cast({{ microseconds }} as bigint))
{%- endmacro %}
