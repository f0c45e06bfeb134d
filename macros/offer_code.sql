{#-
    The part of an offer's code that nobody can guess, as an expression: twelve of sixteen signs
    that are not mistaken for one another and make no word, such as 7KHC-2PRN-4XTD. Keyed and
    hashed twice, as an HMAC is: without the key it tells nothing of the next one.

    offer_key: column with the key
    message: text that names the offer
-#}
{% macro offer_code(offer_key, message) -%}
    {%- set inner_hash = sha256(offer_key ~ " || ':' || " ~ message) -%}
    {%- set outer_hash = sha256(offer_key ~ " || '/' || " ~ inner_hash) -%}
    {%- set parts = [] -%}
    {%- for start in (1, 5, 9) -%}
        {%- do parts.append('substring(' ~ outer_hash ~ ', ' ~ start ~ ', 4)') -%}
    {%- endfor -%}
    translate({{ parts | join(" || '-' || ") }}, '0123456789abcdef', '234679CDHKNPRTXZ')
{%- endmacro %}
