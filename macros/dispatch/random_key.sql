{#-
    A random text of 64 hexadecimal digits, made by the engine: it stands in no statement, no
    log and no compiled file.
-#}
{% macro random_key() -%}
    {{ return(sha256(adapter.dispatch('random_key', 'decile')())) }}
{%- endmacro %}

{% macro default__random_key() -%}
    {{ return("cast(gen_random_uuid() as varchar) || cast(gen_random_uuid() as varchar)") }}
{%- endmacro %}

{% macro spark__random_key() -%}
    {{ return('uuid() || uuid()') }}
{%- endmacro %}

{% macro snowflake__random_key() -%}
    {{ return('uuid_string() || uuid_string()') }}
{%- endmacro %}

{% macro bigquery__random_key() -%}
    {{ return('generate_uuid() || generate_uuid()') }}
{%- endmacro %}
