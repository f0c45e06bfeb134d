{#-
    The event that sending a form is. Form tools do not say what a form is for: its name
    does.

    expression: text, the name of the form
-#}
{% macro form_event_name(expression) -%}
    case
        when lower({{ expression }}) like '%newsletter%' then 'newsletter_subscribed'
        when lower({{ expression }}) like '%demo%' then 'demo_requested'
        when
            lower({{ expression }}) like '%download%'
            or lower({{ expression }}) like '%guide%'
            or lower({{ expression }}) like '%whitepaper%'
            then 'document_downloaded'
        else 'form_submitted'
    end
{%- endmacro %}
