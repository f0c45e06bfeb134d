{#- A plain first-party tracker, in the words of source_contract(). -#}
{% macro web_tables() -%}
{%- set tables -%}
page_views: id* anonymous_id* viewed_at* received_at* user_id session_id path title
  product_id product_category utm_campaign duration_seconds user_agent ip_address
identifies: id* anonymous_id* identified_at* received_at* user_id email phone first_name
  last_name company
tracks: id* anonymous_id* event* occurred_at* received_at* user_id session_id path
  product_id product_category price quantity content_name user_agent ip_address
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
