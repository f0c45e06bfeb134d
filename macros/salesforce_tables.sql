{#- Salesforce as Fivetran lands it, in the words of source_contract(). -#}
{% macro salesforce_tables() -%}
{%- set tables -%}
lead: id* email phone mobile_phone user_id_c first_name last_name title company website
  industry number_of_employees annual_revenue street city postal_code state country
  country_code owner_id status has_opted_out_of_email is_converted converted_contact_id
  converted_date master_record_id is_deleted created_date last_modified_date
  _fivetran_deleted _fivetran_synced
contact: id* account_id email phone mobile_phone user_id_c first_name last_name
  birthdate title mailing_street mailing_city mailing_postal_code mailing_state
  mailing_country mailing_country_code owner_id has_opted_out_of_email master_record_id
  is_deleted created_date last_modified_date _fivetran_deleted _fivetran_synced
account: id* name website type industry number_of_employees annual_revenue
  billing_street billing_city billing_postal_code billing_state billing_country
  billing_country_code is_deleted
user: id* email
lead_history: lead_id* field* created_date* new_value
opportunity: id* name amount currency_iso_code close_date created_date is_won is_closed
  is_deleted _fivetran_synced
opportunity_contact_role: opportunity_id* contact_id* is_deleted
campaign: id* name type
campaign_member: id* campaign_id* lead_id contact_id status has_responded
  first_responded_date created_date is_deleted _fivetran_synced
event: id* who_id subject created_date is_child is_deleted _fivetran_synced
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
