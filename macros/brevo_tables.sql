{#- Brevo as dlt lands it, in the words of source_contract(). -#}
{% macro brevo_tables() -%}
{%- set tables -%}
contact: id* email email_blacklisted sms_blacklisted created_at modified_at
  attributes__firstname attributes__prenom attributes__lastname attributes__nom
  attributes__sms attributes__ext_id attributes__job_title attributes__company
  attributes__city attributes__country attributes__language _dlt_id _dlt_load_id
contact_list: _dlt_parent_id* value*
email_event: message_id* event* email* date* subject tag link ip _dlt_load_id
campaign_event: event* email* ts_event ts campaign_name url _dlt_load_id
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
