{#-
    A digest as a whole number from 0 to 65,535, each as likely as the others, and the same on every
    engine: its first four digits. Below share * 65536 are that share of all; who is below one share
    is below every larger one.

    digest: column with hexadecimal digits in lower case, such as md5 gives
-#}
{% macro share_drawn(digest) -%}
    (
        {%- for place in range(4) %}
        {{ 16 ** (3 - place) }} * (
            position(substring({{ digest }}, {{ place + 1 }}, 1) in '0123456789abcdef') - 1
        ){{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
