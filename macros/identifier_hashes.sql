{#-
    The two numbers by which identifiers are gathered, as a select list: identifier_hash, and
    identifier_check, which is another where two identifiers happen to have one hash. By
    themselves they are 62 bits; together, 124 bits, they stand for the identifier.

    identifier_type: text
    identifier_value: text
-#}
{% macro identifier_hashes(identifier_type, identifier_value) -%}
    {{ number_of_text(identifier_type, identifier_value) }} as identifier_hash,
    {{ number_of_text(identifier_type, "'#' || " ~ identifier_value) }} as identifier_check
{%- endmacro %}
