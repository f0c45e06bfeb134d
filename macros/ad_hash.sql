{#-
    What an ad platform matches a person by: a value normalised as that platform asks for,
    then SHA-256, as 64 hexadecimal digits in lower case. The same as ad_hash() in
    sync/hashing.py. Null where nothing is left of the value, so never the digest of an empty
    text; what is a digest already stays.

    platform: google, meta or tiktok; each has hashes of its own
    kind: email, phone or name; for meta also place (a city, a state), postal_code, country,
        gender and number (digits of a date), for tiktok device
    expression: text
-#}
{% macro ad_hash(platform, kind, expression) -%}
    {%- set tidied = ad_text(expression) -%}
    {%- set normal = ad_normal(platform, kind, expression) -%}
    case
        when
            {{ tidied }} = '{{ ad_empty_digest() }}'
            then null
        when {{ matches_regex(tidied, '^[0-9a-f]{64}$') }} then {{ tidied }}
        when {{ normal }} <> '' then {{ sha256(normal) }}
    end
{%- endmacro %}
