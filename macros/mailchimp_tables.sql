{#- Mailchimp as Fivetran lands it, in the words of source_contract(). -#}
{% macro mailchimp_tables() -%}
{%- set tables -%}
list: id* name _fivetran_deleted
member: id* list_id* email_address* status* merge_fname merge_lname merge_phone
  merge_company country_code language ip_signup timestamp_signup timestamp_opt
  last_changed _fivetran_synced
campaign: id* list_id title subject_line send_time
campaign_recipient: campaign_id* member_id* list_id _fivetran_synced
campaign_recipient_activity: action* campaign_id* member_id* timestamp* bounce_type
  list_id ip url _fivetran_synced
automation: id* list_id
automation_email: id* automation_id title subject_line
automation_recipient_activity: action* automation_email_id* member_id* timestamp*
  bounce_type list_id ip url _fivetran_synced
unsubscribe: list_id* member_id* timestamp* campaign_id _fivetran_synced
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
