{#-
    A value as an ad platform wants it before it is hashed; empty where it is no such thing.

    platform: google, meta or tiktok
    kind: see ad_hash()
    expression: text
-#}
{% macro ad_normal(platform, kind, expression) -%}
    {%- set tidied, blank = ad_text(expression), '[' ~ ad_blanks() ~ ']+' -%}
    {%- set initial = 'substr(' ~ tidied ~ ', 1, 1)' -%}
    {%- set dashed = regex_replace(tidied, blank) -%}
    {%- set normal = {
        'email': ad_email(expression, gmail=platform == 'google'),
        'phone': ad_phone(expression, plus=platform != 'meta'),
        'name': ad_trim(regex_replace(
            regex_replace(tidied, '[' ~ ad_punctuation() ~ ']'), blank, ' '
        )),
        'place': regex_replace(tidied, '[' ~ ad_punctuation() ~ ad_blanks() ~ '0-9]'),
        'postal_code': 'case when ' ~ matches_regex(dashed, '^[0-9]{5}-[0-9]{4}$')
            ~ ' then substr(' ~ dashed ~ ', 1, 5)'
            ~ ' else ' ~ regex_replace(dashed, '-') ~ ' end',
        'country': 'case when ' ~ matches_regex(tidied, '^[a-z]{2}$')
            ~ ' then ' ~ tidied ~ " else '' end",
        'gender': 'case when ' ~ initial ~ " in ('f', 'm') then " ~ initial
            ~ " else '' end",
        'number': regex_replace(expression, '[^0-9]'),
        'device': tidied,
    } -%}
    {{ normal[kind] }}
{%- endmacro %}
