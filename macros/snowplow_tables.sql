{#- Snowplow's atomic events, in the words of source_contract(). -#}
{% macro snowplow_tables() -%}
{%- set tables -%}
events: event_id* collector_tstamp* event_name|event user_id email domain_userid
  network_userid domain_sessionid derived_tstamp load_tstamp etl_tstamp page_urlpath
  page_title mkt_campaign se_action se_label tr_orderid tr_total tr_currency ti_orderid
  ti_sku ti_name ti_category ti_price ti_quantity ti_currency useragent user_ipaddress
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
