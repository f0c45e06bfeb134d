{#- The columns of contact_events that an event rule may compare, by kind. -#}
{% macro event_properties() -%}
    {{ return({
        'text': [
            'source', 'page_path', 'link_url', 'content_name', 'campaign', 'product_id',
            'product_category', 'currency', 'discount_code',
        ],
        'number': ['unit_price', 'quantity', 'amount', 'duration_seconds'],
    }) }}
{%- endmacro %}
