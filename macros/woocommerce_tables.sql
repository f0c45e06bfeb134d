{#- WooCommerce as Airbyte lands it, in the words of source_contract(). Other loaders
    flatten the billing address: its columns stand beside the JSON. -#}
{% macro woocommerce_tables() -%}
{%- set tables -%}
customers: id* email first_name last_name role billing billing_phone billing_company
  billing_address_1 billing_city billing_postcode billing_state billing_country
  date_created_gmt date_modified_gmt _airbyte_extracted_at
orders: id* status* total* date_created_gmt* billing|billing_email billing_phone customer_id
  currency date_paid_gmt date_modified_gmt customer_ip_address customer_user_agent
  line_items coupon_lines refunds _airbyte_extracted_at
products: id* categories
refunds: id* date_created_gmt
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
