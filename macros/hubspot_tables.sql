{#- HubSpot as Fivetran lands it, in the words of source_contract(). -#}
{% macro hubspot_tables() -%}
{%- set tables -%}
contact: id* property_email property_phone property_mobilephone property_firstname
  property_lastname property_date_of_birth property_jobtitle property_company
  property_website property_industry property_numemployees property_annualrevenue
  property_address property_city property_zip property_state property_country
  property_hs_language property_lifecyclestage property_hs_lead_status
  property_hs_lifecyclestage_salesqualifiedlead_date
  property_hubspot_owner_id property_associatedcompanyid property_hs_email_optout
  property_user_id property_hs_merged_object_ids property_createdate
  property_lastmodifieddate _fivetran_deleted _fivetran_synced
contact_merge_audit: canonical_vid* vid_to_merge* timestamp _fivetran_synced
company: id* property_name property_domain property_industry
  property_numberofemployees property_annualrevenue property_address property_city
  property_zip property_state property_country is_deleted
owner: owner_id* email
deal: deal_id* deal_pipeline_stage_id property_dealname property_amount
  property_closedate property_createdate is_deleted _fivetran_synced
deal_contact: contact_id* deal_id*
deal_pipeline_stage: stage_id* closed_won is_closed
email_campaign: id* name subject
email_event: id* type* created* recipient* email_campaign_id _fivetran_synced
email_event_click: id* url user_agent ip_address
email_event_open: id* duration user_agent ip_address
email_event_status_change: id* portal_subscription_status
contact_form_submission: contact_id* form_id* timestamp* page_url title _fivetran_synced
form: guid* name
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
