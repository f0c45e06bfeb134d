{#-
    A phone number as typed, without its decoration: digits, and a + where it has a
    country prefix (00 counts as one). A label before it and an extension after it are cut
    off, and the (0) of +44 (0)20 too, but not in Italy, where zeros stay. Letters that
    are left stay in, so that what is no number does not become one.

    expression: text
-#}
{% macro phone_digits(expression) -%}
    {%- set unlabelled = regex_replace(
        lower_text(plain_text(expression)), '^[^0-9+(]+'
    ) -%}
    {%- set unextended = regex_replace(
        unlabelled,
        '[ ,;(]*(ext|x|#|;|poste|ramal|anexo|durchwahl)[^0-9]*[0-9]{0,6}[^0-9]*$'
    ) -%}
    case
        when
            {{ matches_regex(expression, '^[+][1-9][0-9]{7,14}$') }}
            then {{ expression }}
        else
            {{ regex_replace(
                regex_replace(
                    'case when ' ~ matches_regex(unextended, '^([+]|00) *(39|378)')
                    ~ ' then ' ~ unextended
                    ~ ' else ' ~ regex_replace(unextended, '[(] *0 *[)]') ~ ' end',
                    '[^0-9a-z+\u00a1-\U0010ffff]'
                ),
                '^[+]?00', '+'
            ) }}
    end
{%- endmacro %}
