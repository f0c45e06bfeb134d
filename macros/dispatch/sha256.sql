{#-
    The SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits in lower case: the same on
    every engine, and in hashlib.

    expression: text
-#}
{% macro sha256(expression) -%}
    {{ return(adapter.dispatch('sha256', 'decile')(expression)) }}
{%- endmacro %}

{% macro default__sha256(expression) -%}
    {{ return('sha256(' ~ expression ~ ')') }}
{%- endmacro %}

{% macro postgres__sha256(expression) -%}
    {{ return("encode(sha256(convert_to(" ~ expression ~ ", 'UTF8')), 'hex')") }}
{%- endmacro %}

{% macro spark__sha256(expression) -%}
    {{ return('sha2(' ~ expression ~ ', 256)') }}
{%- endmacro %}

{% macro snowflake__sha256(expression) -%}
    {{ return('sha2(' ~ expression ~ ', 256)') }}
{%- endmacro %}

{% macro bigquery__sha256(expression) -%}
    {{ return('to_hex(sha256(' ~ expression ~ '))') }}
{%- endmacro %}
