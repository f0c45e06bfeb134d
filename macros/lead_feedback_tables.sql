{#- What sales say of leads, one table that they or a form of theirs fill, in the words of
    source_contract(). -#}
{% macro lead_feedback_tables() -%}
{%- set tables -%}
verdicts: feedback_id* verdict* decided_at* loaded_at email phone external_id reason campaign
{%- endset -%}
{{ return(fromyaml(tables)) }}
{%- endmacro %}
