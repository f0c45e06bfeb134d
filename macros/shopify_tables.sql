{#- Shopify as Fivetran lands it, in the older (REST) and the newer (GraphQL) layout, in
    the words of source_contract(). Where the layouts differ, both names are listed. -#}
{% macro shopify_tables() -%}
{%- set tables -%}
customer: id* email phone first_name last_name state created_at updated_at
  default_address_id accepts_marketing email_marketing_consent_state
  email_marketing_consent_updated_at _fivetran_deleted _fivetran_synced
customer_address: customer_id* id* address_1 city company country_code province zip
  phone is_default
order: id* created_at* total_price|total_price_set_shop_amount customer_id email phone
  processed_at currency currency_code financial_status display_financial_status
  cancelled_at browser_ip client_ip test _fivetran_deleted _fivetran_synced
order_line: id* order_id* price|original_total_set_shop_amount product_id title name
  quantity
product: id* product_type
order_discount_code: order_id* index code
abandoned_checkout: id* created_at* customer_id email phone completed_at total_price
  total_price_set_shop_amount currency total_price_set_shop_currency_code
  _fivetran_deleted _fivetran_synced
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
