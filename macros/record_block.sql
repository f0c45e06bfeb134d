{#-
    The first number of the block of 32 that a record number is in; -1 stands by itself.

    record_number: whole number
-#}
{% macro record_block(record_number) -%}
    case
        when {{ record_number }} < 0 then -1
        else {{ record_number }} - mod({{ record_number }}, 32)
    end
{%- endmacro %}
