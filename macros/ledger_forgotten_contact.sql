{#-
    Whether a contact was forgotten, as a condition that is never null. Nothing is hashed as
    long as nobody was.

    contact_id: column with the contact's id
-#}
{% macro ledger_forgotten_contact(contact_id) -%}
    {%- set hashes = ledger_relation('suppressed_identities') -%}
    {%- set key = '(select max(suppression_key) from '
        ~ ledger_relation('suppression_key') ~ ')' -%}
    {{ return(
        'coalesce(case when exists (select 1 from ' ~ hashes ~ ') then '
        ~ ledger_hash(key, "'contact_id'", contact_id)
        ~ ' end in (select identifier_hash from ' ~ hashes ~ '), false)'
    ) }}
{%- endmacro %}
