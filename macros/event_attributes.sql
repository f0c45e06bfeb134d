{#- The columns that an event keeps from staging to contact_events, as a list of names. -#}
{% macro event_attributes() -%}
    {{ return([
        'session_id', 'event_name', 'occurred_at', 'loaded_at', 'page_path', 'link_url',
        'content_name', 'campaign', 'product_id', 'product_category', 'unit_price',
        'quantity', 'amount', 'currency', 'order_id', 'discount_code', 'duration_seconds',
        'user_agent', 'ip_address',
    ]) }}
{%- endmacro %}
