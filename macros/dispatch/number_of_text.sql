{#-
    A whole number below 2^62 that is nearly always another for another pair of texts: to
    find equal ones quickly, never to take two for equal. Each engine has its own.

    first: text
    second: text
-#}
{% macro number_of_text(first, second) -%}
    {{ adapter.dispatch('number_of_text', 'decile')(first, second) }}
{%- endmacro %}

{% macro default__number_of_text(first, second) -%}
    cast(hash({{ first }}, {{ second }}) >> 2 as bigint)
{%- endmacro %}

{% macro postgres__number_of_text(first, second) -%}
    (hashtextextended({{ first }} || '=' || {{ second }}, 0) & 4611686018427387903)
{%- endmacro %}

{% macro spark__number_of_text(first, second) -%}
    (xxhash64({{ first }}, {{ second }}) & 4611686018427387903)
{%- endmacro %}

{#- hash() of Snowflake is signed and has 64 bits. -#}
{% macro snowflake__number_of_text(first, second) -%}
    bitand(hash({{ first }}, {{ second }}), 4611686018427387903)
{%- endmacro %}
