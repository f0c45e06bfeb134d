{#-
    The first number of the block of 64 that a record number is in. Every record is looked at: a
    mask of bits is quicker than a division, and numbers of 32 bits are grouped more quickly.

    record_number: whole number
-#}
{% macro record_block(record_number) -%}
    (cast({{ record_number }} as {{ dbt.type_int() }}) & -64)
{%- endmacro %}
