{#- The flattened export of Google Analytics 4, in the words of source_contract(). -#}
{% macro ga4_tables() -%}
{%- set tables -%}
events: event_timestamp* event_name* user_pseudo_id* user_id email ga_session_id
  batch_event_index page_location page_title engagement_time_msec campaign link_url
  file_name video_title transaction_id purchase_revenue currency coupon item_id item_name
  item_category item_price item_quantity loaded_at
purchase_items: transaction_id* item_index* item_id item_name item_category item_price
  item_quantity
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
