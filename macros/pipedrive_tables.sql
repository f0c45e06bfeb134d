{#- Pipedrive as Airbyte lands it, in the words of source_contract(). -#}
{% macro pipedrive_tables() -%}
{%- set tables -%}
persons: id* email phone org_id org_name owner_id first_name last_name birthday
  job_title marketing_status add_time update_time delete_time active_flag
  _airbyte_extracted_at _airbyte_emitted_at
organizations: id* name website industry employee_count annual_revenue address_route
  address_street_number address_locality address_postal_code address_admin_area_level_1
  address_country active_flag
users: id* email
deals: id* person_id title value currency status add_time close_time won_time lost_time
  deleted _airbyte_extracted_at _airbyte_emitted_at
activities: id* person_id type subject done add_time marked_as_done_time active_flag
  _airbyte_extracted_at _airbyte_emitted_at
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
