{#- Whether an event of contact_events is about what is for sale, as an expression. -#}
{% macro shows_interest() -%}
    (
        page_path like '/pricing%'
        or page_path like '/product%'
        or page_path like '/compare%'
        or page_path like '/checkout%'
        or event_name in (
            'cart_item_added', 'checkout_abandoned', 'document_downloaded',
            'information_requested', 'demo_requested', 'demo_attended', 'trial_started',
            'deal_created'
        )
    )
{%- endmacro %}
