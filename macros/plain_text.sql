{#-
    Text in plain characters: full-width letters and digits as ASCII, digits of other
    scripts as 0 to 9, every kind of blank as a space, every kind of dash as a hyphen, and
    without what cannot be seen (zero-width spaces, soft hyphens, marks of direction).

    translate() is slow, so it is asked only where there is something for it to do.

    expression: text
-#}
{% macro plain_text(expression) -%}
    {%- set full_width = '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠'
        ~ 'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀'
        ~ 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～。｡' -%}
    {%- set ascii = '!"#$%&' ~ "''" ~ '()*+,-./0123456789:;<=>?@'
        ~ 'ABCDEFGHIJKLMNOPQRSTUVWXYZ[/]^_`abcdefghijklmnopqrstuvwxyz{|}~..' -%}
    {%- set digits = '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९' -%}
    {%- set dashes = '\u2010\u2011\u2012\u2013\u2014\u2015\u2212' -%}
    {%- set blanks = '\t\n\v\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005'
        ~ '\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' -%}
    {%- set unseen = '\u00ad\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060'
        ~ '\u2066\u2067\u2068\u2069\ufeff' -%}
    {%- set odd = '[\u0001-\u001f\u0080-\u00a0\u00ad\u0660-\u06f9\u0966-\u096f\u1680\u180e'
        ~ '\u2000-\u206f\u2212\u3000-\u3002\ufeff-\uff61]' -%}
    case
        when {{ matches_regex(expression, odd) }}
            then
                translate(
                    {{ expression }},
                    '{{ full_width ~ digits ~ dashes ~ blanks ~ unseen }}',
                    '{{ ascii ~ '0123456789' * 3 ~ '-' * 7 ~ ' ' * 24 }}'
                )
        else {{ expression }}
    end
{%- endmacro %}
