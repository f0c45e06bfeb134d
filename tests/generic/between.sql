{#-
    Rows whose number lies outside of its range; a null is not looked at.

    lowest: the least number allowed
    highest: the greatest number allowed; none for no bound
-#}
{% test between(model, column_name, lowest, highest=none) %}

select {{ column_name }} as out_of_range

from {{ model }}

where
    {{ column_name }} < {{ lowest }}
    or {{ column_name }} > {{ column_name if highest is none else highest }}

{% endtest %}
