{#-
    What stands in suppressed_identities for an identifier of somebody who was forgotten:
    nobody can read it back without the key and the identifier. sync/suppression.py makes the
    same.

    key: column or text with the suppression key
    identifier_type: column or text with the type
    value: column or text with the normalised identifier
-#}
{% macro ledger_hash(key, identifier_type, value) -%}
    {{ return(sha256(
        [key, identifier_type, value] | join(" || ':' || ")
    )) }}
{%- endmacro %}
