{#-
    An e-mail address in lower case; empty where it is none.

    expression: text
    gmail: whether to leave out what Gmail ignores, dots and a tag after a plus
-#}
{% macro ad_email(expression, gmail=false) -%}
    {%- set tidied, part = ad_text(expression), '[^@' ~ ad_blanks() ~ ']+' -%}
    {%- set local = regex_replace(
        regex_replace(tidied, '([+].*)?@[^@]*$'), '[.]'
    ) -%}
    case
        when not {{ matches_regex(tidied, '^' ~ part ~ '@' ~ part ~ '[.]' ~ part ~ '$') }}
            then ''
        {%- if gmail %}
        when {{ matches_regex(tidied, '@(gmail|googlemail)[.]com$') }}
            then case
                when {{ local }} = '' then ''
                else {{ local ~ ' || ' ~ regex_replace(tidied, '^[^@]*') }}
            end
        {%- endif %}
        else {{ tidied }}
    end
{%- endmacro %}
