{#- Responses of web forms, one flat row each, in the words of source_contract(). -#}
{% macro forms_tables() -%}
{%- set tables -%}
responses: response_id* submitted_at* loaded_at* form_id form_title email phone
  first_name last_name company job_title city country language consent page_url
  utm_campaign user_id anonymous_id is_deleted
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
