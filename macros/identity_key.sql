{#-
    A text that is the same for two rows of a source that carry the same identifiers, so that
    ten million page views become as many records as there are visitors.

    source: column with the name of the source
    record_id: column with the source's record id
    email: column with the normalised e-mail
    phone: column with the normalised phone
    external_id: column with the company's own user id
    anonymous_id: column with the visitor's id
-#}
{% macro identity_key(source, record_id, email, phone, external_id, anonymous_id) -%}
    {{ source }}
    || '|' || coalesce({{ record_id }}, '')
    || '|' || coalesce({{ email }}, '')
    || '|' || coalesce({{ phone }}, '')
    || '|' || coalesce({{ external_id }}, '')
    || '|' || coalesce({{ anonymous_id }}, '')
{%- endmacro %}
