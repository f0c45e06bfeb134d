{#-
    An IPv4 address as a whole number, so that a range is two numbers; null for others.

    expression: text, such as 192.0.2.1
-#}
{% macro ipv4_number(expression) -%}
    {%- set octets = [] -%}
    {%- for place in range(1, 5) -%}
        {%- set octet = safe_cast_integer(dbt.split_part(expression, "'.'", place)) -%}
        {%- do octets.append("cast(" ~ octet ~ " as " ~ dbt.type_bigint() ~ ")") -%}
    {%- endfor -%}
    ({{ octets[0] }} * 16777216 + {{ octets[1] }} * 65536
    + {{ octets[2] }} * 256 + {{ octets[3] }})
{%- endmacro %}
