{#-
    The host of a URL or of an e-mail address in lower case, without www. and port; null
    where there is no domain: `Acme Inc`, `localhost`, an IP address.

    expression: text, a URL with or without its scheme
-#}
{% macro url_domain(expression) -%}
    {%- set without_user = regex_replace(
        lower_text(plain_text(expression)), '^ *([a-z]+:)?(//)?[^/?#]*@'
    ) -%}
    {%- set host = regex_replace(
        regex_replace(without_user, '^ *([a-z]+:)?/*(www[.])*'),
        '[. ]*([/?#:].*)?$'
    ) -%}
    case
        when
            {{ matches_regex(host, '^' ~ domain_pattern(letters_beyond_ascii()) ~ '$') }}
            then {{ host }}
    end
{%- endmacro %}
