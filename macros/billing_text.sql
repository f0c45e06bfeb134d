{#-
    A part of a WooCommerce billing address, from the flattened column or from the JSON.

    part: name of the part, as in billing_<part>
-#}
{% macro billing_text(part) -%}
    coalesce(
            {{ clean_text('billing_' ~ part) }},
            {{ clean_text(json_text('billing', [part])) }}
        )
{%- endmacro %}
