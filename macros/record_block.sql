{#-
    The first number of the block of 64 that a record number is in; -1 stands by itself. A mask
    of bits is quicker than a division, and every record is looked at.

    record_number: whole number
-#}
{% macro record_block(record_number) -%}
    greatest({{ record_number }} & -64, -1)
{%- endmacro %}
