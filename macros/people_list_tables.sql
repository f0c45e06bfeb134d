{#- A list of people, such as the scans of a trade show, in the words of
    source_contract(). -#}
{% macro people_list_tables() -%}
{%- set tables -%}
people: row_id* loaded_at* list_name email phone external_id first_name last_name birth_date
  company company_domain job_title street postal_code city region country language met_at
  email_consent
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
