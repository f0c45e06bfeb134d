{#- ActiveCampaign as Fivetran lands it, in the words of source_contract(). Where its names
    differ from those of the vendor's own interface, both are listed. -#}
{% macro activecampaign_tables() -%}
{%- set tables -%}
contact: id* email phone first_name last_name org_name bounced_hard bounced_date
  created_utc_timestamp c_date cdate updated_utc_timestamp u_date udate deleted
  anonymized _fivetran_deleted _fivetran_synced
contact_list: id* contact_id|contact list_id|list status* form_id form s_date sdate
  u_date udate _fivetran_deleted _fivetran_synced
list: id* name
deal: id* contact_id|contact title value currency status c_date cdate m_date mdate
  _fivetran_deleted _fivetran_synced
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
