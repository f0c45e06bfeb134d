{#- Marketo as Fivetran lands it, in the words of source_contract(). -#}
{% macro marketo_tables() -%}
{%- set tables -%}
lead: id* email phone mobile_phone user_id first_name last_name date_of_birth title
  company website industry number_of_employees annual_revenue address city postal_code
  state country lead_owner_email_address lead_status unsubscribed created_at updated_at
  _fivetran_deleted _fivetran_synced
campaign: id* name program_name
activity_send_email: id* lead_id* activity_date* campaign_id primary_attribute_value
  _fivetran_synced
activity_email_delivered: id* lead_id* activity_date* campaign_id
  primary_attribute_value _fivetran_synced
activity_email_bounced: id* lead_id* activity_date* campaign_id primary_attribute_value
  _fivetran_synced
activity_open_email: id* lead_id* activity_date* campaign_id primary_attribute_value
  user_agent _fivetran_synced
activity_click_email: id* lead_id* activity_date* campaign_id primary_attribute_value
  link user_agent _fivetran_synced
activity_unsubscribe_email: id* lead_id* activity_date* campaign_id
  primary_attribute_value user_agent client_ip_address _fivetran_synced
activity_fill_out_form: id* lead_id* activity_date* campaign_id primary_attribute_value
  user_agent client_ip_address _fivetran_synced
activity_visit_webpage: id* lead_id* activity_date* campaign_id primary_attribute_value
  webpage_url user_agent client_ip_address _fivetran_synced
activity_merge_leads: lead_id* merge_ids* activity_date* _fivetran_synced
activity_delete_lead: lead_id* activity_date _fivetran_synced
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
