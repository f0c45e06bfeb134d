{#-
    A timestamp as text, in ISO 8601 with milliseconds and the Z of UTC.

    expression: timestamp, UTC
-#}
{% macro iso_timestamp(expression) -%}
    {{ adapter.dispatch('iso_timestamp', 'decile')(expression) }}
{%- endmacro %}

{% macro default__iso_timestamp(expression) -%}
    strftime(cast({{ expression }} as timestamp), '%Y-%m-%dT%H:%M:%S.%gZ')
{%- endmacro %}

{% macro postgres__iso_timestamp(expression) -%}
    to_char(cast({{ expression }} as timestamp), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
{%- endmacro %}

{% macro spark__iso_timestamp(expression) -%}
    date_format({{ expression }}, "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
{%- endmacro %}
