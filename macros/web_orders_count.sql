{#- True if what a web tracker calls a purchase counts as an order: where a shop is a
    source as well, the shop has the order, and it would count twice. The var
    `web_orders_count` says otherwise. -#}
{% macro web_orders_count() -%}
    {%- set shops = ['shopify', 'woocommerce'] | select('in', var('sources')) | list -%}
    {{ var('web_orders_count', not shops) | lower }}
{%- endmacro %}
