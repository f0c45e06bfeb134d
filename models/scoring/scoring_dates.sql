with

cutoffs_back as (

    {{ whole_numbers(var('backtest_cutoffs')) }}

),

scoring_dates as (

    select
        number_of = 0 as is_current,
        {{ dbt.dateadd(
            'day', '-number_of * ' ~ var('backtest_interval_days'), as_of()
        ) }} as as_of

    from cutoffs_back

)

select * from scoring_dates
